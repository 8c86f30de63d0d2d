package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OpenTelemetry's javaagent beside the platform: one call to payment-app, which calls its bank. */
@Tag("nightly")
class JavaAgentIT {

  private static final Path AGENT = Path.of("target", "javaagent", "opentelemetry-javaagent.jar");
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String PAYMENT = "payment.v1.PaymentService/CreatePayment";
  private static final String CHARGE = "bank.v1.BankGateway/Charge";
  private static final Set<String> ONE_OF_EACH =
      Set.of("SERVER " + PAYMENT, "CLIENT " + CHARGE, "SERVER " + CHARGE);
  private static final String FINDING = "false beside OpenTelemetry's javaagent";

  private SpanReceiver receiver;
  private Mall mall;

  @BeforeEach
  void open() throws Exception {
    assertThat(Files.isRegularFile(AGENT)).as("%s, by -Psystem", AGENT).isTrue();
    receiver = SpanReceiver.start();
    mall = Mall.withEtcd("javaagent");
  }

  @AfterEach
  void close() {
    mall.close();
    receiver.close();
  }

  @Test
  void bothAtOnceAreReportedOnceAndRecordTwoSetsOfSpans() throws Exception {
    AppProcess app = pay(Line.BOOT3, Map.of());

    await().atMost(LIMIT).until(() -> spans().values().stream().anyMatch(count -> count > 1));
    Report.line("the javaagent beside the platform's tracing: %s", spans());
    assertThat(app.log().text()).containsOnlyOnce(FINDING);
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void theAgentAloneRecordsOneSetOfSpansInOneTrace(Line line) throws Exception {
    AppProcess app =
        pay(
            line,
            Map.of(
                line == Line.BOOT3
                    ? "MANAGEMENT_TRACING_ENABLED"
                    : "MANAGEMENT_TRACING_EXPORT_ENABLED",
                "false"));

    assertOneSet(app);
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void withoutTheAgentsInstrumentationThePlatformRecordsThem(Line line) throws Exception {
    AppProcess app = pay(line, Map.of("OTEL_INSTRUMENTATION_COMMON_DEFAULT_ENABLED", "false"));

    assertOneSet(app);
  }

  private void assertOneSet(AppProcess app) {
    await().atMost(LIMIT).until(() -> spans().keySet().containsAll(ONE_OF_EACH));
    // Its spans are exported at its end at the latest.
    app.terminate();
    Report.line("one set: %s", spans());
    assertThat(spans())
        .containsOnlyKeys(ONE_OF_EACH)
        .allSatisfy((span, n) -> assertThat(n).isOne());
    assertThat(calls().map(ReceivedSpan::traceId).distinct()).hasSize(1);
    assertThat(app.log().text()).doesNotContain(FINDING);
  }

  private AppProcess pay(Line line, Map<String, String> more) throws Exception {
    Map<String, String> environment = new HashMap<>(line.tracedTo(receiver.endpoint()));
    // Quoted, as the JVM reads it: the path may have spaces.
    environment.put("JAVA_TOOL_OPTIONS", "\"-javaagent:" + AGENT.toAbsolutePath() + "\"");
    environment.put("OTEL_SERVICE_NAME", "payment-app");
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint());
    environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    environment.put("OTEL_METRICS_EXPORTER", "none");
    environment.put("OTEL_LOGS_EXPORTER", "none");
    environment.put("OTEL_BSP_SCHEDULE_DELAY", "200");
    environment.putAll(more);
    AppProcess app = mall.start(App.PAYMENT, line, environment);
    app.awaitReady();
    mall.awaitRegistered();
    try (GenericClient client = new GenericClient(app.address())) {
      client.call(
          "payment.v1.PaymentService",
          "CreatePayment",
          """
          {"order_id": "order-1", "user_id": "user-1",
           "amount": {"currency": "EUR", "minor_units": 100}}
          """);
    }
    return app;
  }

  /** The number of spans of the two methods, by kind and name. */
  private Map<String, Long> spans() {
    return calls()
        .collect(
            Collectors.groupingBy(
                span -> span.kind() + " " + span.name(), TreeMap::new, Collectors.counting()));
  }

  private Stream<ReceivedSpan> calls() {
    List<String> methods = List.of(PAYMENT, CHARGE);
    return receiver.spans().stream().filter(span -> methods.contains(span.name()));
  }
}
