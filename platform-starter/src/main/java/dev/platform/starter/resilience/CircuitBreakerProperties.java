package dev.platform.starter.resilience;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Circuit breakers of outgoing gRPC calls. The breakers themselves, one per called service, are
 * Resilience4j's and are configured under {@code resilience4j.circuitbreaker}.
 *
 * @param enabled whether calls go through a circuit breaker
 */
@ConfigurationProperties("platform.resilience.circuit-breaker")
public record CircuitBreakerProperties(@DefaultValue("true") boolean enabled) {}
