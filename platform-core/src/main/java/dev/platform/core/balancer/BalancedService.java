package dev.platform.core.balancer;

import java.util.List;

/**
 * What the load balancer of one channel knows at this moment.
 *
 * @param service the called service
 * @param policy the policy that picks the instances
 * @param instances those that are listed, ordered by address
 */
public record BalancedService(String service, String policy, List<BalancedInstance> instances) {

  public BalancedService {
    instances = List.copyOf(instances);
  }
}
