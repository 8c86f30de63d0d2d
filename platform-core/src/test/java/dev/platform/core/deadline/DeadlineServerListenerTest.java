package dev.platform.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.ServerCall;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineServerListenerTest {

  @Test
  void aCallCancelledAfterItsDeadlineHasAnEvent() {
    assertThat(eventsOfCallThatEnds(Deadline.after(-1, TimeUnit.MILLISECONDS)))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getName()).isEqualTo("platform.deadline.exceeded");
              assertThat(event.getAttributes().get(AttributeKey.stringKey("platform.deadline.of")))
                  .isEqualTo("caller");
            });
  }

  @Test
  void aCallCancelledBeforeItsDeadlineHasNoEvent() {
    assertThat(eventsOfCallThatEnds(Deadline.after(1, TimeUnit.MINUTES))).isEmpty();
  }

  private static List<EventData> eventsOfCallThatEnds(Deadline deadline) {
    try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
      Span span = provider.get("test").spanBuilder("any").startSpan();
      try (Scope ignored = span.makeCurrent()) {
        new DeadlineServerListener<>(new ServerCall.Listener<String>() {}, deadline).onCancel();
      }
      return ((ReadableSpan) span).toSpanData().getEvents();
    }
  }
}
