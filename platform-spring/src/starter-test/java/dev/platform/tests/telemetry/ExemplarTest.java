package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exemplars link metrics to traces in the OpenMetrics format that Prometheus scrapes. */
class ExemplarTest extends ObservedApp {

  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

  @Test
  void bucketsOfASampledCallHaveItsTraceOnBothSides() {
    reserve("ok");
    String server = "trace_id=\"" + spans.single(SpanKind.SERVER).getTraceId();
    String client = "span_id=\"" + spans.single(SpanKind.CLIENT).getSpanId();

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(buckets("server")).anyMatch(line -> line.contains(server));
              assertThat(buckets("client")).anyMatch(line -> line.contains(client));
            });
  }

  @Test
  void bucketsOfAnUnsampledCallHaveNoExemplar() {
    properties.put("management.tracing.sampling.probability", "0.0");
    reserve("ok");

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(buckets("server")).isNotEmpty());
    assertThat(buckets("server")).noneMatch(line -> line.contains("trace_id"));
    assertThat(buckets("client")).noneMatch(line -> line.contains("trace_id"));
  }

  private List<String> buckets(String side) {
    return app.getBean(PrometheusMeterRegistry.class)
        .scrape(OPEN_METRICS)
        .lines()
        .filter(line -> line.startsWith("rpc_" + side + "_call_duration_seconds_bucket"))
        .filter(line -> line.contains("Reserve"))
        .toList();
  }
}
