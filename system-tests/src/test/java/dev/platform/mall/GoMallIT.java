package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanTree;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A mall with Go in it: a client of order-service that was made from the contract alone, and a
 * payment-service on payment-app's own tables.
 */
class GoMallIT {

  private static final int ORDERS_PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String PAY = "payment.v1.PaymentService/CreatePayment";
  private static final String CHARGE = "bank.v1.BankGateway/Charge";
  private static final long STALLED_MILLIS = 60_000;

  private static GoMall go;
  private static AppProcess goPayment;
  private static Payments inGo;
  private static Payments inJava;

  @BeforeAll
  static void open() throws Exception {
    go = GoMall.open("go");
    goPayment = go.startGo();
    inGo = new Payments(goPayment.address());
    inJava = new Payments(go.mall().only(App.PAYMENT).address());
  }

  @AfterAll
  static void close() {
    if (go != null) {
      inGo.close();
      inJava.close();
      go.close();
    }
  }

  @Test
  void anOrderFromGoIsFollowedToItsEnd() throws Exception {
    GoPrograms.Result result = order("order-etcd", "-product", "p-4");
    assertThat(result.output())
        .containsPattern("order [0-9a-f-]{36} ORDER_STATUS_PAID")
        .containsSubsequence("CREATED", "PAID", "SHIPPED", "4 ORDER_STATUS_COMPLETED");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void aRefusalReachesGoWithItsStatusAndDetails() throws Exception {
    assertThat(order("order-too-much", "-product", "p-4", "-quantity", "1000000").output())
        .contains("failed FailedPrecondition: insufficient stock");
    assertThat(order("order-invalid", "-product", "p-4", "-quantity", "0").output())
        .contains("failed InvalidArgument: items[0].quantity");
    assertThat(order("order-unknown", "-product", "p-none").output())
        .contains("failed InvalidArgument: ");
  }

  @Test
  void ordersArePaidInJavaAndGoAndAServerInGoLeavesWithoutAFailedOrder() throws Exception {
    AppProcess leaving = go.startGo();
    try (Shopper shopper = go.mall().shopper()) {
      shopper.warmUp(10);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        long before = GoMall.paid(goPayment);
        long beforeLeaving = GoMall.paid(leaving);
        orders.awaitMore(60, LIMIT);
        long share = GoMall.paid(goPayment) - before;
        long shareOfLeaving = GoMall.paid(leaving) - beforeLeaving;
        long start = System.nanoTime();
        assertThat(leaving.terminate()).isZero();
        long left = System.nanoTime();
        orders.awaitMore(30, LIMIT);
        LoadReport report = orders.stop();
        Report.line(
            "of 60 orders two servers in Go have paid %d and %d; one leaves within %d ms: %s",
            share, shareOfLeaving, TimeUnit.NANOSECONDS.toMillis(left - start), report);
        assertThat(report.failures()).isEmpty();
        assertThat(share).isBetween(12L, 30L);
        assertThat(shareOfLeaving).isBetween(12L, 30L);
      }
    }
    assertThat(go.payments().held("payment-service")).isZero();
    assertThat(go.payments().addresses("payment-service")).doesNotContain(leaving.address());
  }

  @Test
  void anInstanceInGoIsListedWithItsMetadata() throws Exception {
    assertThat(go.payments().instance("payment-service", goPayment.address()))
        .contains("\"z-go\"", "\"go\"");
  }

  @Test
  void metadataHealthAndMarkOfAnInstanceInJavaAreReadInGo() throws Exception {
    AppProcess leaving = go.mall().start(App.PAYMENT);
    leaving.awaitReady();
    String address = leaving.address();
    AppProcess reader =
        GoPrograms.start(
            "instances",
            "instances",
            "-etcd",
            go.mall().etcd().endpoint().toString(),
            "-for",
            "20s");
    await("it is listed in Go")
        .atMost(LIMIT)
        .until(() -> reader.log().text().contains(address + " up SERVING"));
    leaving.terminate();
    assertThat(GoPrograms.result(reader).output())
        .containsPattern(
            Pattern.quote(address) + " up SERVING .*gRPC_port=\\d+ .*http-port=\\d+ .*version=\\S+")
        .containsSubsequence(address + " up", address + " leaving NOT_SERVING", address + " gone");
  }

  @Test
  void anOrderThatGoHasPaidIsOneTraceToTheBankAndBack() throws Exception {
    SpanTree tree =
        await("an order is paid in Go")
            .atMost(LIMIT)
            .pollDelay(Duration.ZERO)
            .until(
                () -> traced(TracedOrder.place(go.mall().only(App.ORDER))), GoMallIT::isPaidInGo);

    Report.line("an order that was paid in Go:%n%s", tree);
    assertThat(tree.paths()).containsAll(TracedOrder.WATERFALL);
    assertThat(tree.roots()).hasSize(1);
    assertThat(tree.orphans()).isEmpty();
    assertThat(services(tree, CHARGE))
        .containsExactlyInAnyOrder("payment-service-go", "payment-app");
  }

  private static SpanTree traced(String trace) {
    return await(trace)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> new SpanTree(go.receiver().trace(trace)),
            tree -> tree.paths().containsAll(TracedOrder.WATERFALL) && tree.orphans().isEmpty());
  }

  private static boolean isPaidInGo(SpanTree tree) {
    return services(tree, PAY).contains("payment-service-go");
  }

  private static List<String> services(SpanTree tree, String name) {
    return tree.named(name).stream().map(ReceivedSpan::service).toList();
  }

  @Test
  void bothAnswerTheSame() {
    String order = "same-" + UUID.randomUUID();
    assertThat(inGo.create(order, "ada", 500, "EUR")).isEqualTo("OK: null");
    assertThat(inJava.create(order, "ada", 500, "EUR")).isEqualTo("OK: null");
    assertThat(inGo.get(order)).isEqualTo(inJava.get(order));
    assertSame(payments -> payments.create(order, "eve", 500, "EUR"));
    assertSame(payments -> payments.create(order, "ada", 501, "EUR"));
    assertSame(payments -> payments.create("", "ada", 500, "EUR"));
    assertSame(payments -> payments.create("\t ", "ada", 500, "EUR"));
    assertSame(payments -> payments.create(order, "a\u0001", 500, "EUR"));
    assertSame(payments -> payments.create(order, "ü".repeat(129), 500, "EUR"));
    assertSame(payments -> payments.create(order, "ada", 0, "EUR"));
    assertSame(payments -> payments.create(order, "ada", 500, "eur"));
    assertSame(payments -> payments.get("none").toString());
    assertSame(payments -> payments.refund("none"));
    String voided = "voided-" + UUID.randomUUID();
    assertThat(inGo.voidPayment(voided)).isEqualTo(inJava.voidPayment(voided));
    assertSame(payments -> payments.create(voided, "ada", 500, "EUR"));
    assertSame(payments -> payments.refund(voided));
    assertThat(inJava.refund(order)).isEqualTo(inGo.refund(order));
    assertSame(payments -> payments.create(order, "ada", 500, "EUR"));
  }

  private static void assertSame(Function<Payments, String> call) {
    assertThat(call.apply(inGo)).isEqualTo(call.apply(inJava)).doesNotStartWith("OK");
  }

  @Test
  void aPaymentThatIsKilledInGoAfterTheBanksAnswerIsChargedOnce() throws Exception {
    AppProcess doomed = go.startGo();
    assertChargedOnce(doomed, inJava);
  }

  @Test
  void aPaymentThatIsKilledInJavaAfterTheBanksAnswerIsChargedOnce() throws Exception {
    AppProcess doomed = go.mall().start(App.PAYMENT);
    doomed.awaitReady();
    assertChargedOnce(doomed, inGo);
  }

  private static void assertChargedOnce(AppProcess doomed, Payments survivor) throws Exception {
    String order = "killed-" + UUID.randomUUID();
    InterruptedPayment.between(go.mall(), doomed, order);
    assertThat(survivor.create(order, "ada", 500, "EUR")).isEqualTo("OK: null");
    assertThat(survivor.get(order).getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    assertThat(InterruptedPayment.charges(go.mall(), order)).isEqualTo(1);
  }

  @Test
  void aDeadlineEndsTheWorkInGoAndBehindIt() throws Exception {
    BankSimulator bank = new BankSimulator(go.mall().only(App.PAYMENT));
    bank.behave(STALLED_MILLIS, 0, 0);
    try {
      long start = System.nanoTime();
      String answer = inGo.create("late-" + UUID.randomUUID(), Duration.ofSeconds(1));
      long answered = System.nanoTime();
      awaitBankIdle();
      Report.line(
          "through Go to a bank that stalls, a deadline of 1 s: %s after %d ms, idle %d ms later",
          answer,
          TimeUnit.NANOSECONDS.toMillis(answered - start),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered));
      assertThat(answer).startsWith(Status.Code.DEADLINE_EXCEEDED.name());
    } finally {
      bank.recover();
    }
  }

  @Test
  void aCancelledCallEndsTheWorkInGoAndBehindIt() throws Exception {
    BankSimulator bank = new BankSimulator(go.mall().only(App.PAYMENT));
    bank.behave(STALLED_MILLIS, 0, 0);
    try {
      var call = inGo.start("cancelled-" + UUID.randomUUID());
      await("the bank works on it").atMost(LIMIT).until(() -> !openBankCalls().isEmpty());
      assertThat(call.cancel(true)).isTrue();
      awaitBankIdle();
    } finally {
      bank.recover();
    }
  }

  private static void awaitBankIdle() {
    await("the bank's call ends")
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(openBankCalls()).isEmpty());
  }

  private static Map<String, Integer> openBankCalls() throws Exception {
    Map<String, Integer> open = new TreeMap<>();
    go.mall()
        .only(App.PAYMENT)
        .platform()
        .path("openCalls")
        .fields()
        .forEachRemaining(call -> open.put(call.getKey(), call.getValue().asInt()));
    open.keySet().removeIf(method -> !method.contains("BankGateway"));
    return open;
  }

  private static GoPrograms.Result order(String name, String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-target",
                "etcd:////services/order-service",
                "-etcd",
                go.mall().etcd().endpoint().toString()));
    all.addAll(List.of(arguments));
    return GoPrograms.run("order", name, all.toArray(String[]::new));
  }
}
