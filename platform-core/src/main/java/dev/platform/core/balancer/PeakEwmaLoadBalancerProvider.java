package dev.platform.core.balancer;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import java.util.Map;

/**
 * Provides the policy {@code peak_ewma}, see {@link PeakEwmaLoadBalancer}. It works inside of
 * {@link OutlierAvoidingLoadBalancerProvider}'s policy, where the platform's name resolvers put it.
 * It has no configuration. gRPC finds this class as a service.
 */
public final class PeakEwmaLoadBalancerProvider extends LoadBalancerProvider {

  static final String POLICY = "peak_ewma";

  /** A child of {@link io.grpc.util.GracefulSwitchLoadBalancer} needs one. */
  private static final Object NO_CONFIGURATION = "no configuration";

  private static final LoadBalancer.Factory PEAK_EWMA =
      new LoadBalancer.Factory() {
        @Override
        public LoadBalancer newLoadBalancer(LoadBalancer.Helper channel) {
          return new PeakEwmaLoadBalancer(channel);
        }
      };

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
    return POLICY;
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper channel) {
    return new OptionalHealthChecks(channel, PEAK_EWMA);
  }

  @Override
  public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
    return ConfigOrError.fromConfig(NO_CONFIGURATION);
  }
}
