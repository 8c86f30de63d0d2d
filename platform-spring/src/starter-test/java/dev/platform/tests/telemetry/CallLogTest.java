package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Log lines of calls in an app that calls itself. */
@ExtendWith(OutputCaptureExtension.class)
class CallLogTest {

  private static final String RESERVE = "inventory.v1.InventoryService/Reserve";
  private static final String SECRET = "secret-4711";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final LoggingSystem LOGGING =
      LoggingSystem.get(CallLogTest.class.getClassLoader());

  private final Map<String, Object> properties = new HashMap<>();
  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    LOGGING.setLogLevel("dev.platform.calls", null);
    app.close();
  }

  @Test
  void aSuccessfulCallIsLoggedAtDebugWithItsTraceButNotItsContent(CapturedOutput output) {
    start();
    LOGGING.setLogLevel("dev.platform.calls", LogLevel.DEBUG);
    call(SECRET);

    String served = line(output, "served " + RESERVE + " for 127.0.0.1:");
    String made = line(output, "made " + RESERVE + " of calls at 127.0.0.1:");

    assertThat(served).contains("DEBUG").containsPattern(": OK in \\d+\\.\\d ms$");
    assertThat(made).contains("DEBUG").containsPattern(": OK in \\d+\\.\\d ms$");
    assertThat(trace(served)).isEqualTo(trace(made)).hasSize(32);
    assertThat(output).doesNotContain(SECRET);
  }

  @Test
  void aSuccessfulCallIsNotLoggedByDefault(CapturedOutput output) {
    call("any");
    call("missing");

    assertThat(lines(output, RESERVE)).isEmpty();
  }

  @Test
  void aFailedCallIsLoggedAsAWarningWithItsReason(CapturedOutput output) {
    properties.put("platform.resilience.retry.enabled", false);
    call("flaky");

    assertThat(line(output, "served " + RESERVE))
        .contains("WARN")
        .contains(": UNAVAILABLE (not now) in ");
    assertThat(line(output, "made " + RESERVE))
        .contains("WARN")
        .contains(": UNAVAILABLE (not now) in ");
  }

  @Test
  void aSlowCallIsLogged(CapturedOutput output) {
    properties.put("platform.telemetry.grpc.log.slow-after", "1ns");
    call("any");

    assertThat(line(output, "served " + RESERVE)).contains("INFO").contains(": OK in ");
  }

  @Test
  void nothingIsLoggedAtALimitOfZero(CapturedOutput output) {
    properties.put("platform.telemetry.grpc.log.lines-per-second", 0);
    call("stuck", Duration.ofMillis(50));

    assertThat(lines(output, RESERVE)).isEmpty();
  }

  private void call(String script) {
    call(script, Duration.ofMinutes(1));
  }

  private void call(String script, Duration deadline) {
    if (app == null) {
      start();
    }
    try {
      var unused =
          InventoryServiceGrpc.newBlockingStub(Line.channel(app, "calls"))
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
              .reserve(ReserveRequest.newBuilder().setReservationId(script).build());
    } catch (StatusRuntimeException asScripted) {
      assertThat(asScripted.getStatus().isOk()).isFalse();
    }
  }

  private void start() {
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "calls");
    properties.put("platform.registry.advertise-host", "127.0.0.1");
    properties.put("platform.discovery.wait-for-first-list", "30s");
    app =
        TestApp.start(
            properties,
            context -> ((GenericApplicationContext) context).registerBean(ScriptedStock.class));
  }

  /** The server may end a call slightly later than the client. */
  private static String line(CapturedOutput output, String text) {
    await().atMost(Duration.ofSeconds(20)).until(() -> !lines(output, text).isEmpty());
    assertThat(lines(output, text)).hasSize(1);
    return lines(output, text).get(0);
  }

  private static List<String> lines(CapturedOutput output, String text) {
    return output.getOut().lines().filter(line -> line.contains(text)).toList();
  }

  private static String trace(String line) {
    return line.replaceFirst("^.*\\[([0-9a-f]{32})-[0-9a-f]{16}].*$", "$1");
  }
}
