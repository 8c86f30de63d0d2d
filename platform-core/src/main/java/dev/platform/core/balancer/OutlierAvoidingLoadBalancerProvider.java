package dev.platform.core.balancer;

import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.util.GracefulSwitchLoadBalancer;
import java.util.List;
import java.util.Map;

/**
 * A policy that leaves the choice of an instance to another one, and keeps calls from instances
 * that have fallen silent or whose calls fail. Found by gRPC itself.
 */
public final class OutlierAvoidingLoadBalancerProvider extends LoadBalancerProvider {

  private static final String POLICY = "platform_usable_instances";
  private static final String CHILD_POLICY = "childPolicy";

  /** Until addresses come that bring another one. */
  private static final BalancerContext DEFAULT =
      new BalancerContext(
          true,
          OutlierDetection.defaults(),
          OutcomeClassifier.standard(),
          (service, reason, avoided) -> {});

  /** What a service config's {@code loadBalancingConfig} lists to have it around another policy. */
  public static Map<String, ?> around(String policy) {
    return Map.of(POLICY, Map.of(CHILD_POLICY, List.of(Map.of(policy, Map.of()))));
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
    return POLICY;
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper channel) {
    return new OutlierAvoidingLoadBalancer(channel, DEFAULT, System::nanoTime);
  }

  @Override
  @SuppressWarnings("unchecked") // JSON: a list of objects, or parsing fails
  public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
    return GracefulSwitchLoadBalancer.parseLoadBalancingPolicyConfig(
        (List<Map<String, ?>>) config.get(CHILD_POLICY));
  }
}
