package dev.platform.spring.resilience;

import dev.platform.core.breaker.CircuitBreakerSettings;
import java.time.Duration;
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
 * @param probeInterval how often an open breaker executes one call all the same, whose success
 *     makes it half-open before its wait is over; 0s: never
 */
@ConfigurationProperties("platform.resilience.circuit-breaker")
public record CircuitBreakerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("service") CircuitBreakerSettings.Scope scope,
    @DefaultValue("5") int consecutiveFailures,
    @DefaultValue("500ms") Duration probeInterval) {

  public CircuitBreakerProperties {
    var validated = new CircuitBreakerSettings(scope, consecutiveFailures, probeInterval);
  }

  CircuitBreakerSettings settings() {
    return new CircuitBreakerSettings(scope, consecutiveFailures, probeInterval);
  }
}
