package dev.platform.starter.resilience;

import dev.platform.starter.resilience.CircuitBreakerProperties.Scope;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** All that have a circuit breaker, by its name. Thread-safe. */
final class GuardedCallees {

  private final CircuitBreakerRegistry breakers;
  private final CircuitBreakerProperties properties;
  private final ConcurrentMap<String, GuardedCallee> callees = new ConcurrentHashMap<>();

  GuardedCallees(CircuitBreakerRegistry breakers, CircuitBreakerProperties properties) {
    this.breakers = breakers;
    this.properties = properties;
  }

  String name(@Nullable String service, MethodDescriptor<?, ?> method) {
    return properties.scope() == Scope.SERVICE
        ? String.valueOf(service)
        : service + "/" + method.getFullMethodName();
  }

  GuardedCallee get(String name) {
    CircuitBreaker breaker = breakers.circuitBreaker(name);
    GuardedCallee known = callees.get(name);
    if (known != null && known.breaker() == breaker) {
      return known;
    }
    // The first call, or somebody has put another breaker into the registry.
    return callees.compute(
        name,
        (key, current) ->
            current != null && current.breaker() == breaker
                ? current
                : new GuardedCallee(breaker, properties.failuresInARow()));
  }
}
