package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The three jars' spans in a real Jaeger, to which a real Collector sends them, compared with what
 * the jars have sent: {@code interop/run observability}.
 */
@Tag("observability")
class JaegerIT {

  private static final Path FOLDER = Path.of("target", "system-tests", "jaeger");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ORDERS = 20;
  private static final int EXPORT_SECONDS = 10;

  private static final Channels CHANNELS = new Channels();
  private static JaegerProcess jaeger;
  private static CollectorProcess collector;
  private static TraceServiceBlockingStub traces;
  private static SpanReceiver sent;
  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    jaeger = new JaegerProcess(FOLDER);
    // Nobody sends metrics here.
    collector = new CollectorProcess(FOLDER, jaeger.otlp(), "http://127.0.0.1:9/api/v1/write");
    traces = TraceServiceGrpc.newBlockingStub(CHANNELS.to(collector.grpc()));
    sent = SpanReceiver.start(JaegerIT::export);
    mall = Mall.withEtcd("jaeger");
    for (App app : App.values()) {
      mall.configure(app, Line.BOOT3.tracedTo(sent.endpoint()));
    }
    mall.startAll();
    new DatabaseAudit(mall).stock(List.of(TracedOrder.PRODUCT), 100 * ORDERS);
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
    }
  }

  @AfterAll
  static void close() {
    mall.close();
    sent.close();
    collector.close();
    jaeger.close();
    CHANNELS.close();
  }

  @Test
  void everySpanOfEveryTraceIsAsItWasSent() throws Exception {
    List<String> orders = new ArrayList<>();
    for (int i = 0; i < ORDERS; i++) {
      orders.add(TracedOrder.place(mall.only(App.ORDER)));
    }
    failSomeOrders();

    for (String order : orders) {
      await(order)
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(tree(order).paths()).containsAll(TracedOrder.WATERFALL));
    }
    // Of deliveries and other background work, too. Spans may arrive while this compares.
    await("Jaeger has all spans")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(JaegerIT::assertAllAreInJaeger);
    assertThat(jaeger.services()).contains("order-app", "inventory-app", "payment-app");
    assertThat(sent.spans()).anyMatch(ReceivedSpan::failed);
    assertThat(sent.spans()).anyMatch(span -> !span.links().isEmpty());
    assertThat(sent.spans()).anyMatch(span -> !span.events().isEmpty());
    Report.line(
        "Jaeger has all %d spans of %d traces as they were sent; an order:%n%s",
        sent.spans().size(), sent.traces().size(), tree(orders.get(0)));
  }

  @Test
  void aSpanNamesItsEnvironmentAndTheInstance() throws Exception {
    String order = TracedOrder.place(mall.only(App.ORDER));
    await(order)
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(tree(order).paths()).containsAll(TracedOrder.WATERFALL));

    List<Map<String, String>> resources = jaeger.resourcesOf(order);

    assertThat(resources)
        .allSatisfy(
            resource ->
                assertThat(resource)
                    .containsEntry("deployment.environment.name", "production")
                    .containsKeys("service.name", "service.instance.id"));
    Set<String> instances =
        resources.stream().map(each -> each.get("service.instance.id")).collect(Collectors.toSet());
    assertThat(instances).hasSize(App.values().length);
  }

  @Test
  void probesAndScrapesAreLeftOut() throws Exception {
    String page = send("GET /api/orders", "url.path", "/api/orders");
    String scrape = send("GET /actuator/prometheus", "url.path", "/actuator/prometheus");
    String probe = send("GET /actuator/health", "http.url", "/actuator/health/readiness");
    String check = send("Check", "rpc.method", "grpc.health.v1.Health/Check");
    String last = send("GET /api/products", "http.url", "/api/products");

    await("the last one").atMost(LIMIT).until(() -> jaeger.trace(last).size() == 1);
    assertThat(jaeger.trace(page)).hasSize(1);
    for (String dropped : List.of(scrape, probe, check)) {
      assertThat(jaeger.trace(dropped)).isEmpty();
    }
  }

  /** One that is refused, and some that the bank fails. */
  private static void failSomeOrders() throws Exception {
    BankSimulator bank = new BankSimulator(mall.only(App.PAYMENT));
    try (Shopper shopper = mall.shopper()) {
      shopper.orderTooMuch().get();
      bank.behave(1, 1, 0);
      for (int i = 0; i < 3; i++) {
        await().until(shopper.order()::isDone);
      }
    } finally {
      bank.recover();
    }
  }

  private static void assertAllAreInJaeger() throws Exception {
    Set<String> all = new HashSet<>();
    sent.spans().forEach(span -> all.add(span.traceId()));
    for (String trace : all) {
      assertThat(jaeger.trace(trace)).containsExactlyInAnyOrderElementsOf(sent.trace(trace));
    }
  }

  private static SpanTree tree(String trace) throws Exception {
    return new SpanTree(jaeger.trace(trace));
  }

  private static void export(ExportTraceServiceRequest request) {
    var unused = traces.withDeadlineAfter(EXPORT_SECONDS, TimeUnit.SECONDS).export(request);
  }

  /** Sends a trace of one span to the Collector, and returns its id. */
  private static String send(String name, String attribute, String value) {
    String id = "%032x".formatted(System.nanoTime());
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    Span span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(id)))
            .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(id.substring(16))))
            .setName(name)
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey(attribute)
                    .setValue(AnyValue.newBuilder().setStringValue(value)))
            .build();
    export(
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
            .build());
    return id;
  }
}
