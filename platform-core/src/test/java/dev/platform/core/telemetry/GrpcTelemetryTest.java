package dev.platform.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.core.LogLines;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GrpcTelemetryTest {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final GrpcTelemetry telemetry =
      new GrpcTelemetry(
          new OpenTelemetryCallConvention(RpcKeys.CURRENT),
          TestRecorders.of(OutcomeClassifier.standard(), System::nanoTime),
          new SpanSource(OpenTelemetry.noop().getTracer("test"), Set.of(), false),
          side -> new CallLog(side, Duration.ofSeconds(1), () -> new LogRateLimit(10, () -> 0)),
          meters);

  @Test
  void inventedMethodsAndTargetsCreateABoundedNumberOfSeries() {
    for (int i = 0; i < 2 * GrpcTelemetry.MOST; i++) {
      end(telemetry.made("target-" + i % 50, method("made.up.Service/M" + i)));
    }

    assertThat(meters.find("rpc.client.call.duration").timers()).hasSize(GrpcTelemetry.MOST + 1);
    assertThat(meters.get("rpc.client.call.duration").tag("rpc.method", "_OTHER").timer().count())
        .isEqualTo(GrpcTelemetry.MOST);
  }

  @Test
  void aKnownMethodKeepsItsTelemetry() {
    CallTelemetry known = telemetry.served(method("a.B/C"));

    assertThat(telemetry.served(method("a.B/C"))).isSameAs(known);
  }

  @Test
  void theLogIsRateLimitedPerServiceAndMethod() {
    for (int i = 0; i < 100; i++) {
      fail(telemetry.made("broken", method("a.B/C")));
    }
    fail(telemetry.made("other", method("a.B/C")));
    fail(telemetry.made("broken", method("a.B/D")));

    assertThat(log.count("made a.B/C of broken: UNAVAILABLE")).isEqualTo(10);
    assertThat(log.count("made a.B/C of other: UNAVAILABLE")).isEqualTo(1);
    assertThat(log.count("made a.B/D of broken: UNAVAILABLE")).isEqualTo(1);
  }

  @Test
  void theLineOfAServedCallNamesTheProvedCaller() {
    telemetry
        .served(method("a.B/C"))
        .end(
            Span.getInvalid(),
            Status.UNAVAILABLE,
            null,
            CallOutcome.FAILURE,
            1,
            Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress("192.0.2.7", 9))
                .build(),
            "order-app");

    assertThat(log.count("served a.B/C for order-app at 192.0.2.7:9: UNAVAILABLE")).isEqualTo(1);
  }

  private static void fail(CallTelemetry call) {
    call.end(
        Span.getInvalid(),
        Status.UNAVAILABLE,
        null,
        CallOutcome.FAILURE,
        1,
        Attributes.EMPTY,
        null);
  }

  private static void end(CallTelemetry call) {
    call.end(Span.getInvalid(), Status.OK, null, CallOutcome.SUCCESS, 1, Attributes.EMPTY, null);
  }

  private static MethodDescriptor<?, ?> method(String name) {
    return InventoryServiceGrpc.getReserveMethod().toBuilder().setFullMethodName(name).build();
  }
}
