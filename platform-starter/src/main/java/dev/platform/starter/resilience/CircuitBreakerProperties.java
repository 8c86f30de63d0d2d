package dev.platform.starter.resilience;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Circuit breakers of outgoing gRPC calls. The breakers themselves are Resilience4j's and are
 * configured under {@code resilience4j.circuitbreaker}.
 *
 * @param enabled whether calls go through a circuit breaker
 * @param scope what has a breaker of its own
 * @param failuresInARow a breaker of calls opens when more than so many fail one after the other,
 *     whatever its window says; 0 to leave it to the window; at most 1000
 */
@ConfigurationProperties("platform.resilience.circuit-breaker")
public record CircuitBreakerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("service") Scope scope,
    @DefaultValue("5") int failuresInARow) {

  /** What has a breaker of its own. */
  public enum Scope {
    /** Each called service: {@code payment-service}. */
    SERVICE,
    /** Each method of it: {@code payment-service/payment.v1.PaymentService/CreatePayment}. */
    METHOD
  }

  public CircuitBreakerProperties {
    check(
        failuresInARow >= 0 && failuresInARow <= 1000,
        "platform.resilience.circuit-breaker.failures-in-a-row",
        failuresInARow,
        "a whole number from 0 to 1000");
  }
}
