package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.mall.RandomFaults.Mood;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many customers, little stock, apps that are killed and frozen, and a bank that fails: in the end
 * the three databases agree. {@code -Dmall.seed} replays a run's choices, {@code -Dmall.orders} and
 * {@code -Dmall.rounds} set the number of orders and of rounds of faults.
 */
@Tag("nightly")
class ChaosIT {

  private static final int ORDERS = Integer.getInteger("mall.orders", 2000);
  private static final long SEED = Long.getLong("mall.seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("mall.rounds", 10);
  private static final int CUSTOMERS = 16;
  private static final int CROWD = 60;
  private static final int PIECES = 120;
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final List<String> PRODUCTS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> "p-" + i).toList();

  /** Longer than unpaid orders are kept, so that a frozen app's requests arrive late. */
  private static final Duration FREEZE = Duration.ofSeconds(9);

  /** Short timeouts, and recovery that begins while calls are still in flight. */
  private static final Map<String, String> ORDER =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "4s",
          "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_WAITDURATIONINOPENSTATE", "1s",
          "MALL_ORDER_RECOVERYAFTER", "2s",
          "MALL_ORDER_CANCELAFTER", "6s",
          "MALL_ORDER_CLAIMTIMEOUT", "12s",
          "MALL_ORDER_FULFILMENTSTEP", "500ms",
          "MALL_ORDER_NOTIFICATIONRETRY", "1s");

  /** Reservations that expire while the bank is still working. */
  private static final Map<String, String> INVENTORY =
      Map.of("MALL_INVENTORY_RESERVATIONTTL", "20s", "MALL_INVENTORY_EXPIRYINTERVAL", "1s");

  private static final Map<String, String> PAYMENT =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "3s",
          "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_WAITDURATIONINOPENSTATE", "1s");

  private static final Pattern COUNT =
      Pattern.compile("\"statistic\":\"COUNT\",\"value\":([0-9.E]+)");

  private static Mall mall;
  private static DatabaseAudit audit;

  @BeforeAll
  static void open() throws Exception {
    Report.line("chaos: -Dmall.seed=%d", SEED);
    mall = Mall.withEtcd("chaos");
    mall.configure(App.ORDER, ORDER);
    mall.configure(App.INVENTORY, INVENTORY);
    mall.configure(App.PAYMENT, PAYMENT);
    mall.startAll();
    mall.scale(App.ORDER, 2);
    mall.scale(App.PAYMENT, 2);
    audit = new DatabaseAudit(mall);
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void theBooksAreConsistentAfterKillsAndBankFailures() throws Exception {
    audit.stock(PRODUCTS, PIECES);
    try (RunningOrderApps orderApps = new RunningOrderApps();
        Customers customers = new Customers("busy-", orderApps, PRODUCTS, ORDERS)) {
      orderApps.open(mall.running(App.ORDER));
      RandomFaults faults = new RandomFaults(mall, orderApps, new Random(SEED), FREEZE);
      long start = System.nanoTime();
      customers.start(CUSTOMERS, SEED);
      for (int round = 1; round <= ROUNDS; round++) {
        customers.admit(ORDERS / ROUNDS + 1);
        String done = faults.strike();
        Report.line("chaos: %.0f s: %s; %s", secondsSince(start), done, customers.answers());
      }
      faults.bank(Mood.WELL);
      double seconds = secondsSince(start);

      await("all customers have an answer").atMost(LIMIT).until(customers::haveAllLeft);
      awaitAllSettled();
      Report.line(
          "chaos: %d orders, %d kills, %d freezes in %.0f s, all settled after %.0f s; answers %s,"
              + " orders %s, payments %s",
          ORDERS,
          faults.kills(),
          faults.freezes(),
          seconds,
          secondsSince(start),
          customers.answers(),
          audit.orders(),
          audit.payments());
      assertDatabasesAgreeWith(customers);
    }
  }

  @Test
  void twoOrderAppsConcurrentlySettleOrdersOfKilledOnes() throws Exception {
    audit.stock(PRODUCTS, PIECES);
    try (RunningOrderApps orderApps = new RunningOrderApps();
        Customers customers = new Customers("left-", orderApps, PRODUCTS, CROWD)) {
      orderApps.open(mall.running(App.ORDER));
      RandomFaults faults = new RandomFaults(mall, orderApps, new Random(SEED), FREEZE);
      faults.bank(Mood.SILENT);
      customers.start(CROWD, SEED);
      customers.admit(CROWD);
      await("many calls wait for the bank").atMost(LIMIT).until(() -> audit.pending() >= CROWD / 2);
      long left = audit.pending();

      orderApps.open(List.of());
      mall.running(App.ORDER).forEach(AppProcess::kill);
      faults.bank(Mood.LATE);
      List<AppProcess> fresh = List.of(mall.start(App.ORDER), mall.start(App.ORDER));
      fresh.forEach(AppProcess::awaitReady);
      awaitAllSettled();
      for (AppProcess each : fresh) {
        long recoveries = recoveries(each);
        Report.line(
            "chaos: %d orders left behind, %s recovered %d times", left, each.name(), recoveries);
        assertThat(recoveries).as("recoveries by %s", each.name()).isPositive();
      }

      orderApps.open(fresh);
      await("all customers have an answer").atMost(LIMIT).until(customers::haveAllLeft);
      awaitAllSettled();
      Report.line("chaos: answers %s, payments %s in all", customers.answers(), audit.payments());
      assertDatabasesAgreeWith(customers);
    }
  }

  private static void awaitAllSettled() {
    await("no open items")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(audit.open()).isEmpty());
  }

  private static void assertDatabasesAgreeWith(Customers customers) throws Exception {
    List<String> contradictions = audit.contradictions();
    Map<String, String> live = audit.liveOrders(customers.names());
    SoftAssertions.assertSoftly(
        softly -> {
          softly.assertThat(customers.wrong()).as("answers that must never occur").isEmpty();
          softly.assertThat(contradictions).as("contradictions").isEmpty();
          softly.assertThat(customers.accepted()).as("accepted orders").isEqualTo(live);
        });
  }

  /** The number of GetPayment calls of an app, which only recovery makes. */
  private static long recoveries(AppProcess orderApp) throws Exception {
    HttpResponse<String> answer =
        orderApp.get(
            "/actuator/metrics/rpc.client.call.duration"
                + "?tag=rpc.method:payment.v1.PaymentService/GetPayment");
    Matcher count = COUNT.matcher(answer.body());
    return count.find() ? (long) Double.parseDouble(count.group(1)) : 0;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
