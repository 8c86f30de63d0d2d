package dev.platform.core.balancer;

import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.GracefulSwitchLoadBalancer;

/**
 * A policy with gRPC's <a
 * href="https://github.com/grpc/proposal/blob/master/A17-client-side-health-checking.md">client-side
 * health checks</a> where the service config asks for them. Elsewhere it has none, since they copy
 * each pick. Confined to the channel's synchronization context.
 */
final class OptionalHealthChecks extends ForwardingLoadBalancer {

  private final GracefulSwitchLoadBalancer current;
  private final LoadBalancer.Factory policy;
  private final LoadBalancer.Factory checked;

  OptionalHealthChecks(Helper channel, LoadBalancer.Factory policy) {
    this.current = new GracefulSwitchLoadBalancer(channel);
    this.policy = policy;
    this.checked = new Checked(policy);
  }

  @Override
  protected LoadBalancer delegate() {
    return current;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
    boolean wanted = addresses.getAttributes().get(ATTR_HEALTH_CHECKING_CONFIG) != null;
    return current.acceptResolvedAddresses(
        addresses.toBuilder()
            .setLoadBalancingPolicyConfig(
                GracefulSwitchLoadBalancer.createLoadBalancingPolicyConfig(
                    wanted ? checked : policy, null))
            .build());
  }

  private static final class Checked extends LoadBalancer.Factory {

    private final LoadBalancer.Factory policy;

    Checked(LoadBalancer.Factory policy) {
      this.policy = policy;
    }

    @Override
    public LoadBalancer newLoadBalancer(Helper channel) {
      return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(policy, channel);
    }
  }
}
