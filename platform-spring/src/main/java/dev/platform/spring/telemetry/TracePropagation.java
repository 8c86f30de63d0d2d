package dev.platform.spring.telemetry;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.contextpropagation.ObservationAwareBaggageThreadLocalAccessor;
import io.micrometer.tracing.contextpropagation.ObservationAwareSpanThreadLocalAccessor;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Propagates spans with Micrometer's context propagation, to {@code @Async} methods, Spring's
 * executors, Reactor: also spans without an observation. Accessors that the application has
 * registered are kept. One per process: the first application context's.
 */
final class TracePropagation implements InitializingBean, DisposableBean {

  private final List<ThreadLocalAccessor<?>> accessors;

  TracePropagation(ObservationRegistry observations, Tracer tracer) {
    accessors =
        List.of(
            new ObservationAwareSpanThreadLocalAccessor(observations, tracer),
            new ObservationAwareBaggageThreadLocalAccessor(observations, tracer));
  }

  @Override
  public void afterPropertiesSet() {
    ContextRegistry registry = ContextRegistry.getInstance();
    var known =
        registry.getThreadLocalAccessors().stream()
            .map(ThreadLocalAccessor::key)
            .collect(Collectors.toSet());
    accessors.stream()
        .filter(accessor -> !known.contains(accessor.key()))
        .forEach(registry::registerThreadLocalAccessor);
  }

  @Override
  public void destroy() {
    ContextRegistry registry = ContextRegistry.getInstance();
    for (ThreadLocalAccessor<?> accessor : List.copyOf(registry.getThreadLocalAccessors())) {
      if (accessors.stream().anyMatch(ours -> ours == accessor)) {
        registry.removeThreadLocalAccessor(Objects.toString(accessor.key()));
      }
    }
  }
}
