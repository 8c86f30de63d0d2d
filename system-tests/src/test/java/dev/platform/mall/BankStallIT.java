package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * For half a minute the bank takes a minute for each answer, while orders come at a fixed rate.
 * {@code -Dmall.stall.orders} sets the rate in orders a second: a hundred are too many for two
 * cores that also run the apps, PostgreSQL, etcd and these tests.
 */
@Tag("nightly")
class BankStallIT {

  private static final int ORDERS_PER_SECOND = Integer.getInteger("mall.stall.orders", 40);
  private static final int OTHERS_PER_SECOND = 20;
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final Duration NORMAL = Duration.ofSeconds(15);
  private static final Duration WARM_UP_WINDOW = Duration.ofSeconds(5);
  private static final Duration WARM_UP_P99 = Duration.ofSeconds(1);
  private static final Duration STALL = Duration.ofSeconds(30);
  private static final Duration LEFT_OVER = Duration.ofSeconds(5);
  private static final int STALLED_MILLIS = 60_000;
  private static final Duration OPEN_WITHIN = Duration.ofSeconds(3);
  private static final Duration BACK_WITHIN = Duration.ofSeconds(30);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int PIECES = 100_000;

  /** Each order that waits for its payment holds one thread of order-app and one of payment-app. */
  private static final int MAX_THREADS = 200 + 3 * ORDERS_PER_SECOND;

  private static final long MAX_HEAP_LEFT = 16 * 1024 * 1024;

  /** The app's own background work, such as delivering notifications. */
  private static final int MAX_OPEN_CALLS = 10;

  /**
   * The error of a percentile of few calls on a busy machine; calls that wait for the bank take
   * seconds.
   */
  private static final Duration NOISE = Duration.ofMillis(500);

  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("bank-stall");
    mall.configure(App.ORDER, AppEnvironment.DEFAULT_TIMES);
    mall.configure(App.PAYMENT, AppEnvironment.DEFAULT_TIMES);
    mall.startAll();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, PIECES);
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void orderAppKeepsServingWhileTheBankStallsAndRecovers() throws Exception {
    AppProcess orderApp = mall.only(App.ORDER);
    Meters order = new Meters(orderApp);
    Meters payment = new Meters(mall.only(App.PAYMENT));
    BankSimulator bank = new BankSimulator(mall.only(App.PAYMENT));
    try (Shopper shopper = new Shopper(orderApp.address(), DEADLINE);
        UnrelatedCalls unrelated = known(orderApp, shopper);
        SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order);
        SteadyLoad others = SteadyLoad.start(OTHERS_PER_SECOND, unrelated::call)) {
      awaitWarmUp(orders);
      ResourceUsage before = ResourceUsage.of(orderApp);
      waitFor(LEFT_OVER);
      long normalSince = System.nanoTime();
      waitFor(NORMAL);

      bank.behave(STALLED_MILLIS, 0, 0);
      long stalledAt = System.nanoTime();
      Peaks peaks = peaks(order, payment);
      try (peaks) {
        awaitOpen(order, "payment-service");
        awaitOpen(payment, "bank-gateway");
        Duration opened = since(stalledAt);
        waitFor(STALL.minus(since(stalledAt)));
        bank.recover();
        long wellAt = System.nanoTime();
        waitFor(BACK_WITHIN);
        long backAt = System.nanoTime();
        waitFor(LEFT_OVER);
        LoadReport all = orders.stop();
        LoadReport allOthers = others.stop();
        ResourceUsage after = ResourceUsage.of(orderApp);

        // Calls in flight when the stall began count as neither.
        long normalUntil = stalledAt - DEADLINE.toNanos();
        LoadReport stalled = all.sentSince(stalledAt).sentBefore(wellAt);
        LoadReport back = all.sentSince(backAt);
        LoadReport othersNormal = allOthers.sentSince(normalSince).sentBefore(stalledAt);
        LoadReport othersStalled = allOthers.sentSince(stalledAt).sentBefore(wellAt);
        Report.line(
            "bank stalls: breakers open after %d ms; last failed order sent %d ms after the bank recovered",
            opened.toMillis(), lastFailure(all, wellAt).toMillis());
        Report.line(
            "bank stalls: orders before: %s", all.sentSince(normalSince).sentBefore(normalUntil));
        Report.line("bank stalls: orders during the stall: %s", stalled);
        Report.line("bank stalls: orders %s after: %s", BACK_WITHIN, back);
        Report.line("bank stalls: other calls before: %s", othersNormal);
        Report.line("bank stalls: other calls during the stall: %s", othersStalled);
        Report.line("bank stalls: peaks %s; before %s; after %s", peaks, before, after);
        assertThat(opened).as("breakers open").isLessThan(OPEN_WITHIN);
        assertThat(stalled.percentile(0.99)).as("p99 of orders").isLessThan(DEADLINE);
        assertThat(othersStalled.failures()).isEmpty();
        assertThat(othersStalled.percentile(0.99))
            .as("p99 of other calls")
            .isLessThan(othersNormal.percentile(0.99).multipliedBy(2).plus(NOISE));
        assertThat(peaks.of("order threads")).isLessThan(MAX_THREADS);
        assertThat(peaks.of("payment threads")).isLessThan(MAX_THREADS);
        assertThat(peaks.of("order waits for connections")).isLessThan(ORDERS_PER_SECOND);
        assertThat(peaks.of("payment waits for connections")).isLessThan(ORDERS_PER_SECOND);
        assertThat(after.heapBytes()).isLessThan(before.heapBytes() + MAX_HEAP_LEFT);
        assertThat(after.openCalls()).isLessThan(MAX_OPEN_CALLS);
        assertThat(back.failures()).isEmpty();
        assertThat(back.calls()).isGreaterThan(ORDERS_PER_SECOND);
      }
    }
  }

  private static Duration lastFailure(LoadReport all, long wellAt) {
    return all.failures().stream()
        .map(failure -> Duration.ofNanos(failure.sentAt() - wellAt))
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private static Peaks peaks(Meters order, Meters payment) {
    return Peaks.of(
        Map.of(
            "order threads", () -> order.value("jvm.threads.live"),
            "order heap", () -> order.value("jvm.memory.used", "area:heap"),
            "order waits for connections", () -> order.value("hikaricp.connections.pending"),
            "payment threads", () -> payment.value("jvm.threads.live"),
            "payment heap", () -> payment.value("jvm.memory.used", "area:heap"),
            "payment waits for connections", () -> payment.value("hikaricp.connections.pending")));
  }

  private static UnrelatedCalls known(AppProcess orderApp, Shopper shopper) throws Exception {
    shopper.warmUp(200);
    return new UnrelatedCalls(orderApp, shopper.order().get().getOrderId());
  }

  /** At first, new JVMs may be too slow for this load, so breakers may open. */
  private static void awaitWarmUp(SteadyLoad orders) {
    await("orders succeed for a while")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              LoadReport recent =
                  orders.soFar().sentSince(System.nanoTime() - WARM_UP_WINDOW.toNanos());
              return recent.calls() > 0
                  && recent.failures().isEmpty()
                  && recent.percentile(0.99).compareTo(WARM_UP_P99) < 0;
            });
  }

  private static void awaitOpen(Meters app, String service) {
    await("the breaker of " + service + " is open")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> app.breaker(service).equals("OPEN"));
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private static void waitFor(Duration time) {
    await().pollDelay(time).atMost(time.plus(LIMIT)).until(() -> true);
  }
}
