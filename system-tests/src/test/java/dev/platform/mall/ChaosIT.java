package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Many customers, little stock, apps that are killed and frozen in the middle of it, and a bank
 * that fails: in the end the books agree. {@code -Dmall.seed} replays a run's choices, {@code
 * -Dmall.orders} sets how many orders there are.
 */
class ChaosIT {

  private static final int ORDERS = Integer.getInteger("mall.orders", 2000);
  private static final long SEED = Long.getLong("mall.seed", System.nanoTime());
  private static final int CUSTOMERS = 16;
  private static final int PIECES = 120;
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final List<String> PRODUCTS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> "p-" + i).toList();

  /** Longer than an order without a payment is kept, so that what a frozen app sends comes late. */
  private static final Duration FREEZE = Duration.ofSeconds(9);

  private static Mall mall;
  private static Books books;

  @BeforeAll
  static void open() throws Exception {
    Report.line("chaos: -Dmall.seed=%d", SEED);
    mall = Mall.withEtcd("chaos");
    mall.give(App.ORDER, ORDER);
    mall.give(App.INVENTORY, INVENTORY);
    mall.give(App.PAYMENT, PAYMENT);
    mall.startAll();
    mall.scale(App.ORDER, 2);
    mall.scale(App.PAYMENT, 2);
    books = new Books(mall);
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  /** Calls that end soon, and recovery that begins while they are still under way. */
  private static final Map<String, String> ORDER =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "4s",
          "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_WAITDURATIONINOPENSTATE", "1s",
          "MALL_ORDER_RECOVERYAFTER", "3s",
          "MALL_ORDER_CANCELAFTER", "6s",
          "MALL_ORDER_CLAIMTIMEOUT", "12s",
          "MALL_ORDER_FULFILMENTSTEP", "500ms",
          "MALL_ORDER_NOTIFICATIONRETRY", "1s");

  /** Reservations that end while the bank is still thinking. */
  private static final Map<String, String> INVENTORY =
      Map.of("MALL_INVENTORY_RESERVATIONTTL", "12s", "MALL_INVENTORY_EXPIRYINTERVAL", "1s");

  private static final Map<String, String> PAYMENT =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "3s",
          "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_WAITDURATIONINOPENSTATE", "1s");

  @Test
  void theBooksAgreeAfterKillsAndABankThatFails() throws Exception {
    books.stock(PRODUCTS, PIECES);
    try (Doors doors = new Doors();
        Customers customers = new Customers(doors, PRODUCTS, ORDERS)) {
      doors.open(mall.running(App.ORDER));
      Trouble trouble = new Trouble(mall, doors, new Random(SEED), FREEZE);
      long start = System.nanoTime();
      customers.start(CUSTOMERS, SEED);
      while (!customers.haveAllLeft()) {
        trouble.strike();
      }
      trouble.bank(20, 0, 0);
      long end = System.nanoTime();

      awaitAllSettled();
      Report.line(
          "chaos: %d orders, %d kills, %d freezes in %.0f s, all settled %.0f s later; answers %s,"
              + " orders %s, payments %s",
          ORDERS,
          trouble.kills(),
          trouble.freezes(),
          (end - start) / 1e9,
          (System.nanoTime() - end) / 1e9,
          customers.answers(),
          books.orders(),
          books.payments());
      assertThatTheBooksAgreeWith(customers);
    }
  }

  private static void awaitAllSettled() {
    await("nothing is left open")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(books.open()).isEmpty());
  }

  private static void assertThatTheBooksAgreeWith(Customers customers) throws Exception {
    assertThat(customers.wrong()).as("answers that nobody should get").isEmpty();
    assertThat(books.contradictions()).as("contradictions").isEmpty();
    assertThat(books.liveOrders()).containsAllEntriesOf(customers.accepted());
  }
}
