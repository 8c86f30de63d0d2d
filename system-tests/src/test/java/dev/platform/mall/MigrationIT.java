package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A fleet during its migration: payment-app, built for Spring Boot 3.5 and for 4.1, side by side in
 * a mall whose other apps use 3.5. {@code -Dmall.migration.orders} sets the order rate per second
 * while instances are replaced.
 */
class MigrationIT {

  private static final int ORDERS_PER_SECOND = Integer.getInteger("mall.migration.orders", 40);

  /** Reduces the load if the machine is too busy. */
  private static final int MAX_IN_FLIGHT = 2 * ORDERS_PER_SECOND;

  private static final int INSTANCES = 3;
  private static final int PIECES = 100_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(2);
  private static final long BANK_MILLIS = 20;
  private static final long STALLED_MILLIS = 60_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static SpanReceiver receiver;
  private static Mall mall;
  private static PaymentFleet payments;

  @BeforeAll
  static void open() throws Exception {
    receiver = SpanReceiver.start();
    mall = Mall.withEtcd("migration");
    payments = new PaymentFleet(mall, receiver.endpoint());
    for (App app : List.of(App.ORDER, App.INVENTORY)) {
      mall.start(app, Line.BOOT3, Line.BOOT3.tracedTo(receiver.endpoint()));
    }
    mall.only(App.ORDER).awaitReady();
    mall.only(App.INVENTORY).awaitReady();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, PIECES);
  }

  @AfterAll
  static void close() {
    mall.close();
    receiver.close();
  }

  @Test
  void noOrderFailsDuringARollingMigrationToTheOtherLineAndBack() throws Exception {
    List<AppProcess> fleet = payments.scale(Line.BOOT3, Line.BOOT3, Line.BOOT3);
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(100);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, MAX_IN_FLIGHT, shopper::order)) {
        Map<String, Long> served = new TreeMap<>();
        long start = System.nanoTime();
        fleet = payments.replaceEach(fleet, Line.BOOT4, served);
        long moved = System.nanoTime();
        fleet = payments.replaceEach(fleet, Line.BOOT3, served);
        long back = System.nanoTime();
        orders.awaitMore(ORDERS_PER_SECOND, LIMIT);
        LoadReport report = orders.stop();
        for (AppProcess last : fleet) {
          served.put(last.name(), PaymentFleet.served(last));
        }

        Report.line(
            "%d payment instances moved to 4.1 in %d s and back in %d s: %s; payments served: %s",
            INSTANCES,
            TimeUnit.NANOSECONDS.toSeconds(moved - start),
            TimeUnit.NANOSECONDS.toSeconds(back - moved),
            report,
            served);
        assertThat(report.failures()).isEmpty();
        assertThat(served).hasSize(3 * INSTANCES);
        assertThat(served.values()).allSatisfy(calls -> assertThat(calls).isPositive());
      }
    }
    await("no orphan in any trace")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(orphans()).isEmpty());
    Report.line(
        "%d spans in %d traces, no orphan", receiver.spans().size(), receiver.traces().size());
  }

  @Test
  void bothLinesAreRegisteredInOneFormat() throws Exception {
    Map<Line, AppProcess> each = payments.oneOfEachLine();
    for (String service : App.PAYMENT.services()) {
      JsonNode boot3 = registered(service, each.get(Line.BOOT3));
      JsonNode boot4 = registered(service, each.get(Line.BOOT4));

      Report.line("registered on 3.5: %s; on 4.1: %s", boot3, boot4);
      assertThat(names(boot4)).isEqualTo(names(boot3)).contains("Addr");
      assertThat(names(boot4.path("Metadata")))
          .isEqualTo(names(boot3.path("Metadata")))
          .contains("instance-id", "http-port", "version");
    }
  }

  @Test
  void aDeadlineEndsTheWorkOnBothLines() {
    Map<Line, AppProcess> each = payments.oneOfEachLine();
    banks(BANK_MILLIS, 0);
    each.values().forEach(instance -> assertThat(pay(instance, LIMIT)).isEqualTo(Status.OK));
    banks(STALLED_MILLIS, 0);
    try {
      each.forEach(MigrationIT::assertWorkEndsInTime);
    } finally {
      banks(BANK_MILLIS, 0);
    }
  }

  private static void assertWorkEndsInTime(Line line, AppProcess payment) {
    long start = System.nanoTime();
    Status answer = pay(payment, Duration.ofSeconds(1));
    long answered = System.nanoTime();
    await("its work ends")
        .atMost(CLEANUP_LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(openCalls()).isEmpty());

    Report.line(
        "%s, a bank that stalls, a deadline of 1 s: %s after %d ms, no calls in flight %d ms later",
        line,
        answer.getCode(),
        TimeUnit.NANOSECONDS.toMillis(answered - start),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered));
    assertThat(answer.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void aFailingBankOpensTheBreakerOnBothLinesWithTheSameRejections() {
    Map<Line, AppProcess> each = payments.oneOfEachLine();
    Map<Line, String> rejections = new EnumMap<>(Line.class);
    banks(BANK_MILLIS, 1);
    try {
      each.forEach((line, payment) -> rejections.put(line, rejectionByOpenBreaker(line, payment)));
    } finally {
      banks(BANK_MILLIS, 0);
    }
    assertThat(rejections.get(Line.BOOT4)).isEqualTo(rejections.get(Line.BOOT3));
    each.values()
        .forEach(
            payment ->
                await("the breaker of " + payment.name() + " closes")
                    .atMost(LIMIT)
                    .until(() -> pay(payment, LIMIT).isOk() && breaker(payment).equals("CLOSED")));
  }

  private static String rejectionByOpenBreaker(Line line, AppProcess payment) {
    AtomicInteger calls = new AtomicInteger();
    await("the breaker of " + payment.name() + " opens")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              calls.incrementAndGet();
              assertThat(pay(payment, LIMIT).isOk()).isFalse();
              return breaker(payment).equals("OPEN");
            });
    String rejection = rejection(payment);
    Report.line("%s: breaker open after %d failed payments; then %s", line, calls.get(), rejection);
    return rejection;
  }

  /**
   * The status that a payment's caller receives, and the span of the call that the breaker
   * rejected.
   */
  private static String rejection(AppProcess payment) {
    String trace = UUID.randomUUID().toString().replace("-", "");
    Status answer = pay(payment, LIMIT, trace);
    ReceivedSpan charge =
        await("the span of the rejected call")
            .atMost(LIMIT)
            .until(
                () -> new SpanTree(receiver.trace(trace)).named("bank.v1.BankGateway/Charge"),
                found -> !found.isEmpty())
            .get(0);
    return "%s: %s; %s %s %s"
        .formatted(
            answer.getCode(),
            answer.getDescription(),
            charge.kind(),
            new TreeMap<>(charge.attributes()),
            charge.events().stream().map(MigrationIT::withoutStackTrace).toList());
  }

  private static String withoutStackTrace(ReceivedSpan.Event event) {
    Map<String, String> attributes = new TreeMap<>(event.attributes());
    attributes.remove("exception.stacktrace");
    return event.name() + " " + attributes;
  }

  @Test
  void ordersOnBothLinesHaveTheSameSpans() throws Exception {
    Map<Line, AppProcess> each = payments.oneOfEachLine();
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
    }
    Map<String, List<String>> spans = new TreeMap<>();
    await("orders took all routes")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              SpanTree tree = awaitCompleteTrace(TracedOrder.place(mall.only(App.ORDER)));
              spans
                  .computeIfAbsent(route(each, tree), route -> new ArrayList<>())
                  .add(tree.toString());
              return spans.size() == 4 && spans.values().stream().allMatch(s -> s.size() >= 5);
            });
    spans.forEach((route, trees) -> Report.line("%s: %d orders", route, trees.size()));
    Set<String> shapes =
        spans.values().stream()
            .flatMap(List::stream)
            .collect(Collectors.toCollection(TreeSet::new));
    Report.line("the spans of each:%n%s", String.join("\n\n", shapes));
    assertThat(shapes).hasSize(1);
  }

  /** Waits for all spans of an order: every client span has a server span. */
  private static SpanTree awaitCompleteTrace(String trace) {
    return await(trace)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> new SpanTree(receiver.trace(trace)),
            tree ->
                tree.paths().containsAll(TracedOrder.WATERFALL)
                    && tree.roots().size() == 1
                    && tree.orphans().isEmpty()
                    && tree.paths().stream()
                        .filter(path -> path.endsWith(" CLIENT"))
                        .allMatch(
                            call ->
                                tree.paths().stream()
                                    .anyMatch(path -> path.startsWith(call + " >"))));
  }

  private static String route(Map<Line, AppProcess> each, SpanTree tree) {
    return "payment on %s, bank on %s"
        .formatted(
            servedOn(each, tree, "payment.v1.PaymentService/CreatePayment"),
            servedOn(each, tree, "bank.v1.BankGateway/Charge"));
  }

  private static Line servedOn(Map<Line, AppProcess> each, SpanTree tree, String method) {
    ReceivedSpan call =
        tree.named(method).stream()
            .filter(span -> span.kind().equals("CLIENT"))
            .findFirst()
            .orElseThrow();
    int port = Integer.parseInt(call.attributes().get("network.peer.port"));
    return each.keySet().stream()
        .filter(line -> each.get(line).grpcPort() == port)
        .findFirst()
        .orElseThrow();
  }

  /** Without the children of this test's own unrecorded spans: see {@link TraceParent}. */
  private static List<ReceivedSpan> orphans() {
    return receiver.traces().stream()
        .flatMap(trace -> new SpanTree(trace).orphans().stream())
        .filter(span -> !TraceParent.spanId(span.traceId()).equals(span.parentId()))
        .toList();
  }

  private static JsonNode registered(String service, AppProcess instance) throws IOException {
    String key = "/services/" + service + "/" + instance.address();
    return JSON.readTree(mall.etcd().get(key).orElseThrow());
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Requests a new payment from one instance and returns its status. */
  private static Status pay(AppProcess payment, Duration deadline) {
    return pay(payment, deadline, "");
  }

  private static Status pay(AppProcess payment, Duration deadline, String trace) {
    try (Channels own = new Channels()) {
      var unused =
          PaymentServiceGrpc.newBlockingStub(own.to(payment.address()))
              .withInterceptors(TraceParent.interceptor(trace))
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
              .createPayment(
                  CreatePaymentRequest.newBuilder()
                      .setOrderId("migration-" + UUID.randomUUID())
                      .setUserId("shopper")
                      .setAmount(Money.newBuilder().setMinorUnits(500).setCurrency("EUR"))
                      .build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static void banks(long latencyMillis, double failing) {
    mall.running(App.PAYMENT)
        .forEach(each -> new BankSimulator(each).behave(latencyMillis, failing, 0));
  }

  private static String breaker(AppProcess payment) throws Exception {
    return payment.platform().path("circuitBreakers").path("bank-gateway").asText();
  }

  /** In-flight calls in payment-app's gRPC servers, without endless watches. */
  private static Map<String, Integer> openCalls() throws Exception {
    Map<String, Integer> open = new TreeMap<>();
    for (AppProcess payment : mall.running(App.PAYMENT)) {
      JsonNode calls = payment.platform().path("openCalls");
      calls.fields().forEachRemaining(call -> open.put(call.getKey(), call.getValue().asInt()));
    }
    return open;
  }
}
