package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;

/** Calls in an unsampled trace create no spans; all else works as usual. */
class UnrecordedCallsTest extends ObservedApp {

  private static final SpanContext CALLER =
      SpanContext.createFromRemoteParent(
          "0af7651916cd43dd8448eb211c80319c",
          "b7ad6b7169203331",
          TraceFlags.getDefault(),
          TraceState.getDefault());

  @Test
  void theCallersSpanStaysCurrent() {
    start();
    reserveFor(CALLER);

    assertThat(stock().span.getTraceId()).isEqualTo(CALLER.getTraceId());
    assertThat(stock().span.getSpanId()).isEqualTo(CALLER.getSpanId());
    assertThat(stock().span.isSampled()).isFalse();
    assertNothingIsRecordedOf(CALLER);
  }

  @Test
  void aCustomSamplerIsUsed() {
    moreBeans = beans -> beans.registerBean(Sampler.class, Sampler::alwaysOn);
    start();
    reserveFor(CALLER);

    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(client.getParentSpanId()).isEqualTo(CALLER.getSpanId());
    assertThat(client.getAttributes().asMap().values()).contains("telemetry");
    assertThat(spans.single(SpanKind.SERVER).getParentSpanId()).isEqualTo(client.getSpanId());
  }

  @Test
  void baggageIsStillPropagated() {
    properties.put("management.tracing.baggage.remote-fields", "tenant");
    start();
    try (Scope ignored = Span.wrap(CALLER).makeCurrent();
        var scope = app.getBean(Tracer.class).createBaggageInScope("tenant", "blue")) {
      var unused = stub().reserve(request("well"));
    }

    assertThat(stock().baggage.getEntryValue("tenant")).isEqualTo("blue");
    assertThat(stock().span.getTraceId()).isEqualTo(CALLER.getTraceId());
  }

  @Test
  void tracesWithOlderHeadersAreContinuedToo() {
    properties.put("management.tracing.propagation.produce", "b3_multi");
    start();
    Span work = tracer().spanBuilder("work").startSpan();
    reserveFor(work.getSpanContext());

    assertThat(spans.single(SpanKind.SERVER).getTraceId())
        .isEqualTo(work.getSpanContext().getTraceId());
  }

  private void reserveFor(SpanContext caller) {
    try (Scope ignored = Span.wrap(caller).makeCurrent()) {
      var unused = stub().reserve(request("well"));
    }
  }

  private void assertNothingIsRecordedOf(SpanContext caller) {
    // A span that is never created can't be awaited: this call's spans end after the other call.
    var unused = stub().reserve(request("well"));
    assertOneTrace(RESERVE);
    assertThat(spans.single(SpanKind.SERVER).getTraceId()).isNotEqualTo(caller.getTraceId());
  }

  private io.opentelemetry.api.trace.Tracer tracer() {
    return app.getBean(io.opentelemetry.api.OpenTelemetry.class).getTracer("test");
  }
}
