package dev.platform.starter.telemetry;

import io.micrometer.tracing.otel.bridge.EventListener;
import io.micrometer.tracing.otel.bridge.OtelTracer.EventPublisher;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.TracingProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Tells listeners of spans that come to a thread and leave it, as Boot does, but for the one that
 * copies baggage into the log's context: it costs each call a twentieth of the server's time, and
 * has nothing to do unless {@code management.tracing.baggage.correlation.fields} names some.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@EnableConfigurationProperties(TracingProperties.class)
public final class SpanScopesAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  EventPublisher otelTracerEventPublisher(
      ObjectProvider<EventListener> listeners, TracingProperties properties) {
    boolean baggage = !properties.getBaggage().getCorrelation().getFields().isEmpty();
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
