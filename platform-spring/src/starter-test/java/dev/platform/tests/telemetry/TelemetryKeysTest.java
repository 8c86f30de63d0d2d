package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.tests.line.Line;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Timers, outcomes and configured attribute names. */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryKeysTest extends ObservedApp {

  @Test
  void callsAreTimedByTheirOutcome() {
    reserve("any");
    assertFails("missing", Code.NOT_FOUND);
    spans.all(SpanKind.SERVER, 2);

    MeterRegistry meters = app.getBean(MeterRegistry.class);
    for (String side : List.of("rpc.client.call.duration", "rpc.server.call.duration")) {
      for (String code : List.of("OK", "NOT_FOUND")) {
        assertThat(
                meters
                    .get(side)
                    .tags("rpc.method", RESERVE, "rpc.response.status_code", code)
                    .timer()
                    .count())
            .as(side + " " + code)
            .isEqualTo(1);
      }
    }
  }

  @Test
  void spansAndTimersFollowTheOutcomeClassifier(CapturedOutput output) {
    OutcomeClassifier strict =
        (status, trailers) ->
            status.getCode() == Code.NOT_FOUND ? CallOutcome.FAILURE : CallOutcome.SUCCESS;
    moreBeans = beans -> beans.registerBean(OutcomeClassifier.class, () -> strict);
    assertFails("missing", Code.NOT_FOUND);

    for (SpanKind side : List.of(SpanKind.CLIENT, SpanKind.SERVER)) {
      SpanData span = spans.single(side);
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(texts(span))
          .containsEntry("platform.outcome", "failure")
          .containsEntry("error.type", "NOT_FOUND");
    }
    for (String side : List.of("rpc.client.call.duration", "rpc.server.call.duration")) {
      assertThat(
              app.getBean(MeterRegistry.class)
                  .get(side)
                  .tags("rpc.response.status_code", "NOT_FOUND")
                  .tags("platform.outcome", "failure", "error.type", "NOT_FOUND")
                  .timer()
                  .count())
          .isEqualTo(1);
    }
    assertThat(output).contains("WARN").contains("served " + RESERVE);
  }

  @Test
  void previousKeysAreAvailable() {
    properties.put("platform.telemetry.grpc.keys", "previous");
    reserve("any");

    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(texts(client))
        .containsEntry("rpc.system", "grpc")
        .containsEntry("rpc.service", "inventory.v1.InventoryService")
        .containsEntry("rpc.method", "Reserve")
        .doesNotContainKeys("rpc.system.name", "rpc.response.status_code");
    assertThat(client.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code"))).isZero();
  }

  @Test
  void theFrameworksObservationIsActiveIfOursIsDisabled() {
    properties.put("platform.telemetry.grpc.enabled", "false");
    reserve("any");

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(app.getBean(MeterRegistry.class).find("grpc.server").timers())
                    .isNotEmpty());
    assertThat(app.getBean(MeterRegistry.class).find("rpc.server.call.duration").timers())
        .isEmpty();
  }

  @Test
  void noSpansAreCreatedIfTracingIsDisabled() {
    properties.putAll(Line.withoutTracing());
    reserve("any");

    assertThat(stock().trace).isEqualTo("00000000000000000000000000000000");
    assertThat(app.getBean(MeterRegistry.class).find("rpc.client.call.duration").timers())
        .hasSize(1);
  }
}
