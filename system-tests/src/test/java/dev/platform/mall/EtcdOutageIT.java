package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** etcd is unavailable, or loses data, under 200 calls a second. */
class EtcdOutageIT {

  private static final Duration OUTAGE = Duration.ofSeconds(60);
  private static final double IDLE_CPU = 0.05;
  private static final Duration BACK_AFTER_OUTAGE = Mall.LEASE_TTL.plusSeconds(5);
  private static final Duration BACK_AFTER_WIPE = Mall.LEASE_TTL.multipliedBy(2);
  private static final List<String> CALLED = List.of("inventory-service", "product-service");

  private static BusyMall busy;

  @BeforeAll
  static void open() throws Exception {
    busy = BusyMall.open(Mall.withEtcd("etcd-outage"));
  }

  @AfterAll
  static void close() {
    busy.close();
  }

  @BeforeEach
  void recover() {
    busy.recover();
  }

  @Test
  void noCallFailsAndAnIdleAppStaysIdleWhileEtcdIsDownForAMinute() throws Exception {
    Mall mall = busy.mall();
    AppProcess idle = mall.only(App.PAYMENT);
    try (SteadyLoad load = busy.boundedLoad()) {
      mall.etcd().stop();
      Duration cpuBefore = idle.linux().cpuTime();
      long stoppedAt = System.nanoTime();
      await("a minute without a failed call")
          .during(OUTAGE)
          .atMost(OUTAGE.plusSeconds(20))
          .until(() -> load.failed() == 0);
      double elapsed = System.nanoTime() - stoppedAt;
      double cpu = idle.linux().cpuTime().minus(cpuBefore).toNanos() / elapsed;

      mall.startEtcd();
      Duration back = awaitAllHeld(BACK_AFTER_OUTAGE);
      // After a restart etcd renews all leases for their full TTL; the expiry of old leases must
      // delete nothing.
      await("all stay registered")
          .during(Mall.LEASE_TTL.multipliedBy(2))
          .atMost(Mall.LEASE_TTL.multipliedBy(3))
          .until(() -> mall.keys().equals(mall.expectedKeys()));
      LoadReport report = load.stop();

      Report.line(
          "etcd unavailable for %.0f s: %.1f %% of a core in an idle app, all registered after %d ms; %s",
          elapsed / 1e9, cpu * 100, back.toMillis(), report);
      assertThat(report.failures()).isEmpty();
      assertThat(cpu).as("share of a core used by an idle app").isLessThan(IDLE_CPU);
    }
  }

  @Test
  void allRegisterAndAreDiscoveredAgainAfterEtcdWasWiped() {
    Mall mall = busy.mall();
    try (SteadyLoad load = busy.boundedLoad()) {
      long before = mall.etcd().revision();
      mall.wipeEtcd();
      Duration back = awaitAllHeld(BACK_AFTER_WIPE);
      assertThat(mall.etcd().revision()).isLessThan(before);

      AppProcess late = mall.start(App.INVENTORY);
      late.awaitReady();
      await("a new instance is called").atMost(BusyMall.LIMIT).until(() -> busy.served(late) > 0);
      AppProcess leaving = busy.inventories().get(0);
      leaving.terminate();
      await("an instance that has left is removed")
          .atMost(BusyMall.LIMIT)
          .untilAsserted(() -> assertThat(known(leaving)).isEmpty());
      LoadReport report = load.stop();

      Report.line("etcd wiped: all registered after %d ms; %s", back.toMillis(), report);
      assertThat(report.failures()).isEmpty();
    }
  }

  @Test
  void anOrderAppRestartedWhileEtcdIsDownServesFromItsSnapshot() throws Exception {
    Mall mall = busy.mall();
    mall.etcd().stop();
    long stoppedAt = System.nanoTime();

    AppProcess fresh = busy.restartOrderApp();
    busy.call(BusyMall.CALLS_PER_SECOND);
    long outage = Duration.ofNanos(System.nanoTime() - stoppedAt).toSeconds();

    for (String service : CALLED) {
      JsonNode list = watched(fresh, service);
      Report.line(
          "restarted without etcd after %d s: %s from %s, %d s old",
          outage, service, list.path("origin").asText(), list.path("ageSeconds").asLong());
      assertThat(list.path("origin").asText()).isEqualTo("SNAPSHOT");
      assertThat(list.path("ageSeconds").asLong()).isGreaterThanOrEqualTo(outage);
      assertThat(list.path("instances")).hasSize(BusyMall.INSTANCES);
    }
    try (SteadyLoad load = busy.boundedLoad()) {
      load.awaitMore(5 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      mall.startEtcd();
      mall.awaitRegistered();
      await("lists come from etcd again")
          .atMost(BusyMall.LIMIT)
          .untilAsserted(
              () ->
                  assertThat(CALLED)
                      .allSatisfy(
                          service ->
                              assertThat(watched(fresh, service).path("origin").asText())
                                  .isIn("LIST", "WATCH")));
      LoadReport report = load.stop();

      Report.line("calls from a snapshot, then from etcd's list: %s", report);
      assertThat(report.failures()).isEmpty();
    }
  }

  @Test
  void noCallFailsWhenAllLeasesOfAServiceExpireAtOnce() throws Exception {
    Mall mall = busy.mall();
    List<Long> leases = leases();
    try (SteadyLoad load = busy.boundedLoad()) {
      leases.parallelStream().forEach(mall.etcd()::expireLease);
      long expiredAt = System.nanoTime();
      await("all have new leases")
          .atMost(Mall.LEASE_TTL)
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(
              () -> {
                assertThat(mall.keys()).isEqualTo(mall.expectedKeys());
                assertThat(leases()).doesNotContainAnyElementsOf(leases);
              });
      Duration back = Duration.ofNanos(System.nanoTime() - expiredAt);
      load.awaitMore(5 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      LoadReport report = load.stop();

      Report.line("all leases expired, new ones after %d ms; %s", back.toMillis(), report);
      assertThat(report.failures()).isEmpty();
    }
    busy.awaitAllCalled();
  }

  /** Waits until etcd has all keys and the owners see it. Returns the elapsed time. */
  private static Duration awaitAllHeld(Duration limit) {
    Mall mall = busy.mall();
    long start = System.nanoTime();
    await("all are registered")
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              assertThat(mall.keys()).isEqualTo(mall.expectedKeys());
              for (App app : App.values()) {
                assertThat(mall.running(app))
                    .allSatisfy(each -> assertThat(lease(each, "state")).isEqualTo("HELD"));
              }
            });
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static List<Long> leases() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (AppProcess inventory : busy.inventories()) {
      ids.add(Long.parseUnsignedLong(lease(inventory, "leaseId"), 16));
    }
    return ids;
  }

  private static String lease(AppProcess app, String field) throws Exception {
    return app.platform().path("registration").path("lease").path(field).asText();
  }

  /** The number of instances of a called service that order-app lists at an address. */
  private static List<JsonNode> known(AppProcess inventory) throws Exception {
    return watched(busy.mall().only(App.ORDER), CALLED.get(0)).findParents("address").stream()
        .filter(each -> each.path("address").asText().equals(inventory.address()))
        .toList();
  }

  private static JsonNode watched(AppProcess app, String service) throws Exception {
    for (JsonNode list : app.platform().path("services")) {
      if (list.path("service").asText().equals(service)) {
        return list;
      }
    }
    throw new AssertionError(app.name() + " does not watch " + service);
  }
}
