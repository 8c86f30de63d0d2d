package dev.platform.spring.resilience;

import dev.platform.core.breaker.CircuitBreakerSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Circuit breakers of outgoing gRPC calls. The breakers themselves are Resilience4j's and are
 * configured under {@code resilience4j.circuitbreaker}.
 *
 * @param enabled whether calls go through a circuit breaker
 * @param scope one breaker per called service, or per called method
 * @param consecutiveFailures a breaker of calls opens after more consecutive failures than this,
 *     whatever its sliding window says; 0: only its sliding window opens it; at most 1000
 */
@ConfigurationProperties("platform.resilience.circuit-breaker")
public record CircuitBreakerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("service") CircuitBreakerSettings.Scope scope,
    @DefaultValue("5") int consecutiveFailures) {

  public CircuitBreakerProperties {
    var validated = new CircuitBreakerSettings(scope, consecutiveFailures);
  }

  CircuitBreakerSettings settings() {
    return new CircuitBreakerSettings(scope, consecutiveFailures);
  }
}
