package dev.platform.core.breaker;

import static dev.platform.core.InvalidPropertyException.check;

/**
 * Circuit breakers of client calls. The breakers are Resilience4j's and are configured under {@code
 * resilience4j.circuitbreaker}.
 *
 * @param scope what has a breaker of its own
 * @param consecutiveFailures more consecutive failures than this open a breaker, whatever its
 *     sliding window says; 0 for never; at most 1000
 */
public record CircuitBreakerSettings(Scope scope, int consecutiveFailures) {

  /** What has a breaker of its own. */
  public enum Scope {
    /** Each called service: {@code payment-service}. */
    SERVICE,
    /**
     * Each method of a service: {@code payment-service/payment.v1.PaymentService/CreatePayment}.
     */
    METHOD
  }

  /** One breaker a service, which more than five consecutive failures open. */
  public static CircuitBreakerSettings defaults() {
    return new CircuitBreakerSettings(Scope.SERVICE, 5);
  }

  public CircuitBreakerSettings {
    check(
        consecutiveFailures >= 0 && consecutiveFailures <= 1000,
        "platform.resilience.circuit-breaker.consecutive-failures",
        consecutiveFailures,
        "a whole number from 0 to 1000");
  }
}
