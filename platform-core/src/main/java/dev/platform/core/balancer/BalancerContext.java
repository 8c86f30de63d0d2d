package dev.platform.core.balancer;

import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;

/**
 * What an application's balancers go by. It comes with the resolved addresses, as attribute {@link
 * #KEY}.
 *
 * @param avoidSilent whether calls keep away from instances that answer nothing at all
 * @param ejection when they keep away from those whose calls fail
 * @param outcomes what a failed call is
 * @param listener told of every instance that is avoided, and when it no longer is
 */
public record BalancerContext(
    boolean avoidSilent,
    OutlierDetection ejection,
    OutcomeClassifier outcomes,
    AvoidanceListener listener) {

  /** Where balancers find it. */
  public static final Attributes.Key<BalancerContext> KEY =
      Attributes.Key.create("dev.platform.balancer-context");

  /** Whether there is anything to do. */
  public boolean isNeeded() {
    return avoidSilent || ejection.enabled();
  }
}
