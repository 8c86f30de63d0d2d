package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Probes start no trace but can be part of one. */
class UntracedServicesTest extends ObservedApp {

  @Test
  void aProbeIsTimedAndStartsNoTrace() {
    start();
    probe();
    // A span that is never created can't be awaited: this call's spans end after the probe.
    var unused = stub().reserve(request("well"));

    assertOneTrace(RESERVE);
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    assertThat(
            meters
                .get("rpc.server.call.duration")
                .tag("rpc.method", "grpc.health.v1.Health/Check")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void aProbeIsPartOfAnExistingTrace() {
    start();
    Span work = app.getBean(OpenTelemetry.class).getTracer("test").spanBuilder("work").startSpan();
    try (Scope ignored = work.makeCurrent()) {
      probe();
    }

    List<SpanData> both =
        List.of(spans.all(SpanKind.CLIENT, 1).get(0), spans.all(SpanKind.SERVER, 1).get(0));
    assertThat(both)
        .extracting(SpanData::getTraceId)
        .containsOnly(work.getSpanContext().getTraceId());
  }

  @Test
  void untracedServicesAreConfigurable() {
    properties.put("platform.telemetry.grpc.untraced-services", "inventory.v1.InventoryService");
    start();
    var unused = stub().reserve(request("well"));
    probe();

    assertOneTrace("grpc.health.v1.Health/Check");
  }

  private void probe() {
    var answer =
        HealthGrpc.newBlockingStub(channel()).check(HealthCheckRequest.getDefaultInstance());
    assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
  }
}
