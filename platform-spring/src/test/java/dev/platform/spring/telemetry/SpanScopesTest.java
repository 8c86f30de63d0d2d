package dev.platform.spring.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.spring.config.PlatformDefaults;
import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.EventListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Thread-bound spans in the log's MDC and in context listeners. */
class SpanScopesTest {

  @Test
  void theLogHasTheSpanOfTheCurrentThread() {
    try (ConfigurableApplicationContext app = start()) {
      Tracer tracer = app.getBean(Tracer.class);
      Span span = tracer.nextSpan().start();
      try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
        assertThat(MDC.get("traceId")).isEqualTo(span.context().traceId());
        assertThat(MDC.get("spanId")).isEqualTo(span.context().spanId());
      }
      assertThat(MDC.get("traceId")).isNull();
    }
  }

  @Test
  void baggageIsLoggedIfConfigured() {
    String field = "tenant";
    try (ConfigurableApplicationContext app =
        start(
            "--management.tracing.baggage.remote-fields=" + field,
            "--management.tracing.baggage.correlation.fields=" + field)) {
      Tracer tracer = app.getBean(Tracer.class);
      Span span = tracer.nextSpan().start();
      try (Tracer.SpanInScope scope = tracer.withSpan(span);
          BaggageInScope baggage = tracer.createBaggageInScope(field, "blue")) {
        assertThat(MDC.get(field)).isEqualTo("blue");
      }
      assertThat(MDC.get(field)).isNull();
    }
  }

  @Test
  void customListenersAreNotified() {
    try (ConfigurableApplicationContext app = start()) {
      RecordingEventListener own = app.getBean(RecordingEventListener.class);
      Tracer tracer = app.getBean(Tracer.class);
      try (Tracer.SpanInScope scope = tracer.withSpan(tracer.nextSpan().start())) {
        assertThat(own.events).isNotEmpty();
      }
    }
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    return new SpringApplicationBuilder(App.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.application.name=scopes",
            "platform.registry.enabled=false",
            "platform.discovery.enabled=false",
            "management.tracing.sampling.probability=1")
        .initializers(context -> new PlatformDefaults().addTo(context.getEnvironment()))
        .run(arguments);
  }

  static final class RecordingEventListener implements EventListener {

    private final List<Object> events = new ArrayList<>();

    @Override
    public void onEvent(Object event) {
      events.add(event);
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {

    @Bean
    RecordingEventListener listening() {
      return new RecordingEventListener();
    }
  }
}
