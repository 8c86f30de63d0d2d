package dev.platform.starter.resolver;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a load balancer is given. */
final class RecordingPolicy extends LoadBalancerProvider {

  static final String NAME = "recording";

  final List<LoadBalancer.ResolvedAddresses> seen = new CopyOnWriteArrayList<>();

  /** Who made the balancers: gRPC's channel, or what stands between. */
  final List<LoadBalancer.Helper> helpers = new CopyOnWriteArrayList<>();

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
    return NAME;
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
    helpers.add(helper);
    LoadBalancer roundRobin =
        LoadBalancerRegistry.getDefaultRegistry()
            .getProvider("round_robin")
            .newLoadBalancer(helper);
    return new ForwardingLoadBalancer() {
      @Override
      protected LoadBalancer delegate() {
        return roundRobin;
      }

      @Override
      public Status acceptResolvedAddresses(LoadBalancer.ResolvedAddresses addresses) {
        seen.add(addresses);
        return super.acceptResolvedAddresses(addresses);
      }
    };
  }
}
