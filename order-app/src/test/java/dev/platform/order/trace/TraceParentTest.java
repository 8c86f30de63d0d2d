package dev.platform.order.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  private final Tracer tracer =
      new OtelTracer(
          OpenTelemetry.noop().getTracer("test"), new OtelCurrentTraceContext(), event -> {});

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
      })
  void aValidValueRoundTrips(String text) {
    assertThat(TraceParent.read(text, tracer).map(TraceParent::write)).contains(text);
  }

  @Test
  void onlyTheSampledFlagIsKept() {
    assertThat(
            TraceParent.read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", tracer)
                .map(TraceParent::write))
        .contains("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      })
  void invalidValuesAreIgnored(String text) {
    assertThat(TraceParent.read(text, tracer)).isEmpty();
  }
}
