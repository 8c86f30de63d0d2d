package dev.platform.tests.resolver;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records what a load balancer receives. */
final class RecordingPolicy extends LoadBalancerProvider {

  static final String NAME = "recording";

  final List<LoadBalancer.ResolvedAddresses> seen = new CopyOnWriteArrayList<>();

  /** The subchannels as received: gRPC's own or wrapped. */
  final List<LoadBalancer.Subchannel> subchannels = new CopyOnWriteArrayList<>();

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
    LoadBalancer roundRobin =
        LoadBalancerRegistry.getDefaultRegistry()
            .getProvider("round_robin")
            .newLoadBalancer(new Recording(helper));
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

  private final class Recording extends ForwardingLoadBalancerHelper {

    private final LoadBalancer.Helper helper;

    Recording(LoadBalancer.Helper helper) {
      this.helper = helper;
    }

    @Override
    protected LoadBalancer.Helper delegate() {
      return helper;
    }

    @Override
    public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
      LoadBalancer.Subchannel subchannel = super.createSubchannel(args);
      subchannels.add(subchannel);
      return subchannel;
    }
  }
}
