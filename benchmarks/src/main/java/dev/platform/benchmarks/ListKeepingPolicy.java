package dev.platform.benchmarks;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Stores the list without connecting: measures the cost up to the balancer. */
final class ListKeepingPolicy extends LoadBalancerProvider {

  static final String NAME = "benchmark_list_keeping";

  final AtomicLong lists = new AtomicLong();
  final AtomicReference<LoadBalancer.ResolvedAddresses> latest = new AtomicReference<>();

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
    return new LoadBalancer() {
      @Override
      public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        latest.set(addresses);
        lists.incrementAndGet();
        return Status.OK;
      }

      @Override
      public void handleNameResolutionError(Status error) {
        throw new IllegalStateException(error.toString());
      }

      @Override
      public void shutdown() {
        latest.set(null);
      }
    };
  }
}
