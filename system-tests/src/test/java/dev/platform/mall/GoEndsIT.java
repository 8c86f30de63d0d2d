package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A payment-service in Go dies, and freezes, under steady orders. */
@Tag("nightly")
class GoEndsIT {

  private static final int ORDERS_PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The balancer notices a frozen instance within this time. */
  private static final Duration NOTICED = Duration.ofSeconds(6);

  private static GoMall go;
  private static DatabaseAudit audit;

  @BeforeAll
  static void open() throws Exception {
    go = GoMall.open("go-ends");
    audit = DatabaseAudit.withoutKeys(go.mall());
    audit.stock(Shopper.PRODUCTS, 100_000);
  }

  @AfterAll
  static void close() {
    if (go != null) {
      go.close();
    }
  }

  @Test
  void noOrderFailsWhenAServerInGoIsKilled() throws Exception {
    AppProcess doomed = go.startGo();
    try (Shopper shopper = go.mall().shopper()) {
      shopper.warmUp(20);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        orders.awaitMore(30, LIMIT);
        assertThat(GoMall.paid(doomed)).isPositive();
        doomed.kill();
        long killedAt = System.nanoTime();
        await("its key is gone")
            .atMost(LIMIT)
            .until(() -> !go.mall().addresses("payment-service").contains(doomed.address()));
        long gone = System.nanoTime();
        orders.awaitMore(30, LIMIT);
        LoadReport report = orders.stop();
        Report.line(
            "a server in Go is killed, its key is gone after %d ms: %s",
            TimeUnit.NANOSECONDS.toMillis(gone - killedAt), report);
        assertThat(report.failures()).isEmpty();
      }
    }
    assertNoContradiction();
  }

  @Test
  void ordersAvoidAServerInGoThatIsFrozenAndReturnToIt() throws Exception {
    AppProcess frozen = go.startGo();
    try (Shopper shopper = go.mall().shopper()) {
      shopper.warmUp(20);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        orders.awaitMore(30, LIMIT);
        frozen.freeze();
        long frozenAt = System.nanoTime();
        await("its key is gone")
            .atMost(LIMIT)
            .until(() -> !go.mall().addresses("payment-service").contains(frozen.address()));
        await("it is frozen for longer than it takes to notice")
            .atMost(LIMIT)
            .until(() -> System.nanoTime() - frozenAt > NOTICED.multipliedBy(2).toNanos());
        frozen.thaw();
        go.awaitKnown(frozen);
        long before = GoMall.paid(frozen);
        await("it is called again").atMost(LIMIT).until(() -> GoMall.paid(frozen) > before);
        LoadReport report = orders.stop();
        LoadReport later = report.sentSince(frozenAt + NOTICED.toNanos());
        Report.line(
            "a server in Go is frozen for 12 s; from %d s on: %s; all: %s",
            NOTICED.toSeconds(), later, report);
        assertThat(later.failures()).isEmpty();
        assertThat(later.percentile(0.9)).isLessThan(Duration.ofSeconds(2));
      }
    }
    assertNoContradiction();
  }

  private static void assertNoContradiction() throws Exception {
    await("all orders are settled")
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(audit.open()).isEmpty());
    assertThat(audit.contradictions()).isEmpty();
  }
}
