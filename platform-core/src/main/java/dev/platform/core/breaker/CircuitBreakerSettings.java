package dev.platform.core.breaker;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;

/**
 * Circuit breakers of client calls. The breakers are Resilience4j's and are configured under {@code
 * resilience4j.circuitbreaker}.
 *
 * @param scope what has a breaker of its own
 * @param consecutiveFailures more consecutive failures than this open a breaker, whatever its
 *     sliding window says; 0 for never; at most 1000
 * @param probeInterval how often an open breaker lets one call through as a probe, whose success
 *     makes it half-open before its wait is over; zero for never
 */
public record CircuitBreakerSettings(Scope scope, int consecutiveFailures, Duration probeInterval) {

  private static final String PREFIX = "platform.resilience.circuit-breaker";
  private static final long LEAST_INTERVAL_MILLIS = 10;

  /** What has a breaker of its own. */
  public enum Scope {
    /** Each called service: {@code payment-service}. */
    SERVICE,
    /**
     * Each method of a service: {@code payment-service/payment.v1.PaymentService/CreatePayment}.
     */
    METHOD
  }

  /** The same without probes of open breakers. */
  public CircuitBreakerSettings(Scope scope, int consecutiveFailures) {
    this(scope, consecutiveFailures, Duration.ZERO);
  }

  /**
   * One breaker a service, which more than five consecutive failures open; then two probes a
   * second.
   */
  public static CircuitBreakerSettings defaults() {
    return new CircuitBreakerSettings(Scope.SERVICE, 5, Duration.ofMillis(500));
  }

  public CircuitBreakerSettings {
    check(
        consecutiveFailures >= 0 && consecutiveFailures <= 1000,
        PREFIX + ".consecutive-failures",
        consecutiveFailures,
        "a whole number from 0 to 1000");
    check(
        probeInterval.isZero() || probeInterval.toMillis() >= LEAST_INTERVAL_MILLIS,
        PREFIX + ".probe-interval",
        probeInterval.toMillis() + "ms",
        "0s for none, or at least 10ms");
  }
}
