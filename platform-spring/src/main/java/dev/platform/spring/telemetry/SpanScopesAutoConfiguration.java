package dev.platform.spring.telemetry;

import io.micrometer.tracing.otel.bridge.EventListener;
import io.micrometer.tracing.otel.bridge.OtelTracer.EventPublisher;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Notifies listeners when spans enter and leave a thread, as Boot does, except the one that copies
 * baggage into the log's context: it takes a twentieth of the server's time per call, and is only
 * needed if {@code management.tracing.baggage.correlation.fields} is set.
 */
@AutoConfiguration(
    beforeName = {
      "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
    })
@ConditionalOnClass(EventPublisher.class)
public final class SpanScopesAutoConfiguration {

  private static final String CORRELATION_FIELDS = "management.tracing.baggage.correlation.fields";

  @Bean
  @ConditionalOnMissingBean
  EventPublisher otelTracerEventPublisher(
      ObjectProvider<EventListener> listeners, Environment environment) {
    boolean baggage =
        !Binder.get(environment)
            .bind(CORRELATION_FIELDS, Bindable.listOf(String.class))
            .orElse(List.of())
            .isEmpty();
    EventListener[] busy =
        listeners
            .orderedStream()
            .filter(listener -> baggage || !(listener instanceof Slf4JBaggageEventListener))
            .toArray(EventListener[]::new);
    return event -> {
      for (EventListener listener : busy) {
        listener.onEvent(event);
      }
    };
  }
}
