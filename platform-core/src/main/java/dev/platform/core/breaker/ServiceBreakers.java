package dev.platform.core.breaker;

import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * The circuit breakers of called services and of annotated methods, by name, for as long as
 * Resilience4j's registry has them; one that was replaced a moment ago may still decide about a
 * call. Thread-safe, never blocks.
 */
public final class ServiceBreakers {

  private final CircuitBreakerRegistry breakers;
  private final CircuitBreakerSettings properties;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, ServiceBreaker> callees = new ConcurrentHashMap<>();

  /**
   * @param nanoTime monotonic time in nanoseconds, the same as that of the call records
   */
  public ServiceBreakers(
      CircuitBreakerRegistry breakers, CircuitBreakerSettings properties, LongSupplier nanoTime) {
    this.breakers = breakers;
    this.properties = properties;
    this.nanoTime = nanoTime;
    breakers.getEventPublisher().onEntryAdded(event -> add(event.getAddedEntry()));
    breakers.getEventPublisher().onEntryReplaced(event -> add(event.getNewEntry()));
    breakers.getEventPublisher().onEntryRemoved(event -> remove(event.getRemovedEntry()));
    breakers.getAllCircuitBreakers().forEach(this::add);
  }

  String name(String service, MethodDescriptor<?, ?> method) {
    return properties.scope() == Scope.SERVICE
        ? service
        : service + "/" + method.getFullMethodName();
  }

  ServiceBreaker get(String name) {
    ServiceBreaker known = callees.get(name);
    // The registry publishes its event after the breaker is visible.
    return known == null ? add(breakers.circuitBreaker(name)) : known;
  }

  private ServiceBreaker add(CircuitBreaker breaker) {
    return callees.compute(
        breaker.getName(),
        (key, current) ->
            current != null && current.breaker() == breaker
                ? current
                : new ServiceBreaker(
                    breaker,
                    properties.consecutiveFailures(),
                    properties.probeInterval().toNanos(),
                    nanoTime));
  }

  private void remove(CircuitBreaker breaker) {
    callees.computeIfPresent(
        breaker.getName(), (key, current) -> current.breaker() == breaker ? null : current);
  }
}
