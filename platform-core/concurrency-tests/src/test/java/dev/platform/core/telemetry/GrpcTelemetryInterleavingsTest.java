package dev.platform.core.telemetry;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.collide;
import static dev.platform.core.interleaving.Interleavings.stress;

import dev.platform.core.call.TestCalls;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class GrpcTelemetryInterleavingsTest {

  /** Otherwise each would have a limit of log lines of its own. */
  @Test
  void allCallsOfAMethodToATargetHaveTheSameTelemetry() {
    stress(
        () -> {
          GrpcTelemetry telemetry =
              new GrpcTelemetry(
                  new OpenTelemetryCallConvention(RpcKeys.CURRENT),
                  TestCalls.recorder(() -> 0),
                  new SpanSource(OpenTelemetry.noop().getTracer("test"), Set.of(), false),
                  side -> new CallLog(side, Duration.ZERO, () -> new LogRateLimit(1, () -> 0)),
                  null);
          AtomicReferenceArray<CallTelemetry> found = new AtomicReferenceArray<>(2);
          collide(
              () -> found.set(0, telemetry.made("test-service", TestCalls.UNARY)),
              () -> found.set(1, telemetry.made("test-service", TestCalls.UNARY)));
          check(found.get(0) == found.get(1), "two of them");
        });
  }
}
