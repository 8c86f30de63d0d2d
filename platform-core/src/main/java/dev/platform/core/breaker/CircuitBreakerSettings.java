package dev.platform.core.breaker;

import static dev.platform.core.config.InvalidPropertyException.check;

/**
 * Circuit breakers of outgoing gRPC calls. The breakers themselves are Resilience4j's and are
 * configured under {@code resilience4j.circuitbreaker}.
 *
 * @param scope what has a breaker of its own
 * @param consecutiveFailures a breaker of calls opens when more than so many fail one after the
 *     other, whatever its window says; 0 to leave it to the window; at most 1000
 */
public record CircuitBreakerSettings(Scope scope, int consecutiveFailures) {

  /** What has a breaker of its own. */
  public enum Scope {
    /** Each called service: {@code payment-service}. */
    SERVICE,
    /** Each method of it: {@code payment-service/payment.v1.PaymentService/CreatePayment}. */
    METHOD
  }

  /** One breaker a service, which more than five consecutive failures open, too. */
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
