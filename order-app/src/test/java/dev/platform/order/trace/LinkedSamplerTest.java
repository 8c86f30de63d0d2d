package dev.platform.order.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;

class LinkedSamplerTest {

  @Test
  void aSpanLinkedToARecordedTraceIsRecorded() {
    assertThat(recorded(Sampler.alwaysOff(), span -> span.addLink(other(true)))).isTrue();
  }

  @Test
  void aSpanLinkedToAnUnrecordedTraceIsNotRecorded() {
    assertThat(recorded(Sampler.alwaysOn(), span -> span.addLink(other(false)))).isFalse();
  }

  @Test
  void aSpanWithoutLinksIsSampledAsUsual() {
    assertThat(recorded(Sampler.alwaysOn(), span -> {})).isTrue();
    assertThat(recorded(Sampler.alwaysOff(), span -> {})).isFalse();
  }

  @Test
  void aParentsDecisionTakesPrecedenceOverLinks() {
    Context parent = Context.root().with(Span.wrap(other(false)));

    assertThat(
            recorded(
                Sampler.parentBased(Sampler.alwaysOn()),
                span -> span.setParent(parent).addLink(other(true))))
        .isFalse();
  }

  private static boolean recorded(
      Sampler others, java.util.function.Consumer<SpanBuilder> building) {
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder().setSampler(new LinkedSampler(others)).build()) {
      SpanBuilder builder = provider.get("test").spanBuilder("any");
      building.accept(builder);
      return builder.startSpan().getSpanContext().isSampled();
    }
  }

  private static SpanContext other(boolean sampled) {
    return SpanContext.createFromRemoteParent(
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
        sampled ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }
}
