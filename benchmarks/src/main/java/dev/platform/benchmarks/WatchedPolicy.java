package dev.platform.benchmarks;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import java.util.List;
import java.util.Objects;

/** {@code round_robin}, with an observer of its lists and its picks. */
final class WatchedPolicy extends LoadBalancerProvider {

  static final String NAME = "benchmark_watched_round_robin";

  private final Observer observer;

  WatchedPolicy(Observer observer) {
    this.observer = observer;
  }

  /** Called in the channel's synchronization context. */
  interface Observer {

    /** The balancer received a list. */
    void given(List<EquivalentAddressGroup> addresses);

    /** New calls use this picker. */
    void picks(LoadBalancer.SubchannelPicker picker);
  }

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
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper channel) {
    LoadBalancer roundRobin =
        Objects.requireNonNull(LoadBalancerRegistry.getDefaultRegistry().getProvider("round_robin"))
            .newLoadBalancer(new WatchedHelper(channel));
    return new ForwardingLoadBalancer() {
      @Override
      protected LoadBalancer delegate() {
        return roundRobin;
      }

      @Override
      public Status acceptResolvedAddresses(LoadBalancer.ResolvedAddresses resolved) {
        observer.given(resolved.getAddresses());
        return super.acceptResolvedAddresses(resolved);
      }
    };
  }

  private final class WatchedHelper extends ForwardingLoadBalancerHelper {

    private final LoadBalancer.Helper channel;

    WatchedHelper(LoadBalancer.Helper channel) {
      this.channel = channel;
    }

    @Override
    protected LoadBalancer.Helper delegate() {
      return channel;
    }

    @Override
    public void updateBalancingState(
        ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
      super.updateBalancingState(state, picker);
      if (state == ConnectivityState.READY) {
        observer.picks(picker);
      }
    }
  }
}
