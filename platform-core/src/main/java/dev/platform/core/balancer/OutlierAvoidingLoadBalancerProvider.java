package dev.platform.core.balancer;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import java.util.Map;

/**
 * Provides the policy {@code platform_usable_instances}. Its child policy picks the instances; it
 * avoids those that are silent or whose calls fail. Its configuration is {@link BalancerSettings}.
 * gRPC finds this class as a service.
 */
public final class OutlierAvoidingLoadBalancerProvider extends LoadBalancerProvider {

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int getPriority() {
    return 5;
  }

  @Override
  public String getPolicyName() {
    return BalancerSettings.POLICY;
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper channel) {
    return new OutlierAvoidingLoadBalancer(channel);
  }

  @Override
  public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
    return BalancerSettings.parse(config);
  }
}
