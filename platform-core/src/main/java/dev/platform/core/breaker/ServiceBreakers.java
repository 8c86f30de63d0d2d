package dev.platform.core.breaker;

import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All that have a circuit breaker, by its name: called services, and operations of beans, as soon
 * as the registry knows them. Thread-safe.
 */
public final class ServiceBreakers {

  private final CircuitBreakerRegistry breakers;
  private final CircuitBreakerSettings properties;
  private final ConcurrentMap<String, ServiceBreaker> callees = new ConcurrentHashMap<>();

  public ServiceBreakers(CircuitBreakerRegistry breakers, CircuitBreakerSettings properties) {
    this.breakers = breakers;
    this.properties = properties;
    breakers.getEventPublisher().onEntryAdded(event -> add(event.getAddedEntry()));
    breakers.getEventPublisher().onEntryReplaced(event -> add(event.getNewEntry()));
    breakers.getEventPublisher().onEntryRemoved(event -> remove(event.getRemovedEntry()));
    breakers.getAllCircuitBreakers().forEach(this::add);
  }

  String name(@Nullable String service, MethodDescriptor<?, ?> method) {
    return properties.scope() == Scope.SERVICE
        ? String.valueOf(service)
        : service + "/" + method.getFullMethodName();
  }

  ServiceBreaker get(String name) {
    CircuitBreaker breaker = breakers.circuitBreaker(name);
    ServiceBreaker known = callees.get(name);
    if (known != null && known.breaker() == breaker) {
      return known;
    }
    // The registry tells of it after others can see it.
    return add(breaker);
  }

  private ServiceBreaker add(CircuitBreaker breaker) {
    return callees.compute(
        breaker.getName(),
        (key, current) ->
            current != null && current.breaker() == breaker
                ? current
                : new ServiceBreaker(breaker, properties.consecutiveFailures()));
  }

  private void remove(CircuitBreaker breaker) {
    callees.computeIfPresent(
        breaker.getName(), (key, current) -> current.breaker() == breaker ? null : current);
  }
}
