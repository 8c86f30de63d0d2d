package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A running instance can't reach etcd, or is frozen, under 200 calls a second. */
@Tag("nightly")
class UnreachableIT {

  /** Longer than the lease, the keep-alive timeout and several reconnects. */
  private static final Duration CUT = Duration.ofSeconds(22);

  private static final Duration FROZEN = Duration.ofSeconds(20);
  private static final Duration NOTICED = Duration.ofSeconds(5);
  private static final Duration REGISTERED_AGAIN = Duration.ofSeconds(3);

  /** The time until its connection closes; calls sent to it wait that long. */
  private static final Duration HELD = Duration.ofSeconds(12);

  /** Allows for the calls in flight after a stall of a second. */
  private static final int MAX_IN_FLIGHT = 2 * BusyMall.CALLS_PER_SECOND;

  /**
   * Calls that wait for a frozen instance take several times as long; calls of a busy mall take
   * less.
   */
  private static final Duration STALL_LIMIT = Duration.ofSeconds(2);

  private static BusyMall busy;

  @BeforeAll
  static void open() throws Exception {
    busy = BusyMall.open(Mall.withEtcd("unreachable"));
  }

  @AfterAll
  static void close() {
    busy.close();
  }

  @BeforeEach
  void recover() {
    busy.inventories().forEach(AppProcess::thaw);
    busy.recover();
  }

  @Test
  void anInstanceDisconnectedFromEtcdKeepsServingAndRegistersAgain() throws Exception {
    Mall mall = busy.mall();
    try (EtcdLink link = EtcdLink.to(mall.etcd().endpoint());
        Channels channels = new Channels()) {
      mall.configure(App.INVENTORY, Map.of("PLATFORM_ETCD_ENDPOINTS", link.endpoint()));
      AppProcess lonely = mall.start(App.INVENTORY);
      mall.configure(App.INVENTORY, Map.of());
      lonely.awaitReady();
      mall.awaitRegistered();
      busy.awaitAllCalled();
      List<String> keys = Mall.keysOf(App.INVENTORY, lonely);
      var holder = ProductServiceGrpc.newFutureStub(channels.to(lonely.address()));
      var request = GetProductRequest.newBuilder().setProductId("p-1").build();
      try (SteadyLoad load = busy.boundedLoad();
          SteadyLoad direct =
              SteadyLoad.start(
                  20, () -> holder.withDeadlineAfter(20, TimeUnit.SECONDS).getProduct(request))) {
        link.cut();
        long cutAt = System.nanoTime();
        await("its keys expire with the lease")
            .atMost(BusyMall.LIMIT)
            .until(() -> mall.keys().stream().noneMatch(keys::contains));
        await("the cut lasts")
            .atMost(CUT.plusSeconds(10))
            .until(() -> System.nanoTime() - cutAt > CUT.toNanos());
        assertThat(lonely.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        long served = busy.served(lonely);

        link.heal();
        long healedAt = System.nanoTime();
        await("it is registered again")
            .atMost(Mall.LEASE_TTL)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> mall.keys().containsAll(keys));
        Duration back = since(healedAt);
        await("it is called again")
            .atMost(BusyMall.LIMIT)
            .until(() -> busy.served(lonely) > served);
        LoadReport held = direct.stop();
        LoadReport report = load.stop();

        Report.line(
            "cut off from etcd for %d s, registered again after %d ms; held: %s; all: %s",
            CUT.toSeconds(), back.toMillis(), held, report);
        assertThat(held.failures()).isEmpty();
        assertThat(report.failures()).isEmpty();
      }
    }
  }

  @Test
  void callersDropAFrozenInstanceUntilItThaws() throws Exception {
    Mall mall = busy.mall();
    AppProcess frozen = busy.inventories().get(0);
    List<String> keys = Mall.keysOf(App.INVENTORY, frozen);
    try (SteadyLoad load = busy.boundedLoad(MAX_IN_FLIGHT)) {
      load.awaitMore(10 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      LoadReport before = load.soFar();
      frozen.freeze();
      long frozenAt = System.nanoTime();
      await("it is frozen for a while")
          .atMost(FROZEN.plusSeconds(10))
          .until(() -> System.nanoTime() - frozenAt > FROZEN.toNanos());
      assertThat(mall.keys())
          .as("keys of an instance that can't renew its lease")
          .doesNotContainAnyElementsOf(keys);

      frozen.thaw();
      long thawedAt = System.nanoTime();
      await("it is registered again")
          .atMost(REGISTERED_AGAIN)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> mall.keys().containsAll(keys));
      Duration back = since(thawedAt);
      long already = busy.served(frozen);
      await("it is called again").atMost(BusyMall.LIMIT).until(() -> busy.served(frozen) > already);
      LoadReport report = load.stop();

      LoadReport noticed =
          report.sentSince(frozenAt + NOTICED.toNanos()).sentBefore(frozenAt + HELD.toNanos());
      LoadReport later = report.sentSince(frozenAt + NOTICED.toNanos());
      Report.line(
          "frozen for %d s, registered again after %d ms; before: %s; from %d s to %d s: %s;"
              + " from %d s on: %s; all: %s",
          FROZEN.toSeconds(),
          back.toMillis(),
          before,
          NOTICED.toSeconds(),
          HELD.toSeconds(),
          noticed,
          NOTICED.toSeconds(),
          later,
          report);
      assertThat(noticed.calls())
          .as("calls sent while others still wait for the frozen instance")
          .isGreaterThan((int) HELD.minus(NOTICED).toSeconds() * BusyMall.CALLS_PER_SECOND / 2);
      assertThat(noticed.percentile(0.99))
          .as("p99 of calls sent %s after the freeze or later", NOTICED)
          .isLessThan(STALL_LIMIT);
      assertThat(later.percentile(0.99)).isLessThan(STALL_LIMIT);
      assertThat(later.failures()).isEmpty();
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
