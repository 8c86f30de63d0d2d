package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.etcd.EtcdCluster;
import dev.platform.starter.test.junit.EtcdExtension;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Members of a three-member etcd cluster crash or freeze under 200 calls a second. */
@Tag("nightly")
class EtcdClusterIT {

  private static final int MEMBERS = 3;
  private static final String SERVICE = "inventory-service";

  /** Long enough for every unrenewed lease to expire, and for silent connections to end. */
  private static final Duration FAULT = Mall.LEASE_TTL.multipliedBy(3);

  private static EtcdCluster cluster;
  private static BusyMall busy;

  @BeforeAll
  static void open() throws Exception {
    EtcdExtension.requireReal();
    cluster = EtcdCluster.start(MEMBERS);
    Mall mall = Mall.withCluster("etcd-cluster", cluster);
    busy = BusyMall.open(mall);
  }

  @AfterAll
  static void close() {
    if (busy != null) {
      busy.close();
    }
  }

  @BeforeEach
  void recover() {
    busy.recover();
  }

  @Test
  void noCallFailsWhenTheLeaderIsKilled() throws Exception {
    int leader = cluster.leader();
    holdsThrough("leader killed", () -> cluster.kill(leader), true, () -> cluster.restart(leader));
  }

  @Test
  void noCallFailsWhenTheLeaderFreezes() throws Exception {
    int leader = cluster.leader();
    holdsThrough("leader frozen", () -> cluster.freeze(leader), true, () -> cluster.thaw(leader));
  }

  @Test
  void noCallFailsWhenTwoMembersAreKilledAndRestarted() throws Exception {
    int leader = cluster.leader();
    int[] two = IntStream.range(0, MEMBERS).filter(m -> m != (leader + 1) % MEMBERS).toArray();
    holdsThrough("two killed", () -> cluster.kill(two), false, () -> cluster.restart(two));
  }

  /**
   * @param majority whether a majority survives the fault
   */
  private static void holdsThrough(String name, Runnable fault, boolean majority, Runnable end)
      throws Exception {
    Mall mall = busy.mall();
    try (SteadyLoad load = busy.boundedLoad()) {
      fault.run();
      long start = System.nanoTime();
      await(name).atMost(FAULT.plusSeconds(10)).until(() -> since(start).compareTo(FAULT) > 0);
      if (majority) {
        awaitConverged();
      }
      end.run();
      long endedAt = System.nanoTime();
      awaitConverged();
      Duration right = since(endedAt);
      load.awaitMore(BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      LoadReport report = load.stop();

      Report.line(
          "%s for %d s, converged %d ms later; %s",
          name, FAULT.toSeconds(), right.toMillis(), report);
      assertThat(report.failures()).isEmpty();
      assertThat(mall.keys()).isEqualTo(mall.expectedKeys());
    }
  }

  /** Waits until all apps are registered, see their registration and receive instance changes. */
  private static void awaitConverged() throws Exception {
    awaitRegistered();
    try (FakeInstances one =
        new FakeInstances(SERVICE, cluster.endpoints().get(cluster.leader()))) {
      one.join(0);
      awaitListed();
    }
    awaitListed();
  }

  private static void awaitRegistered() {
    Mall mall = busy.mall();
    await("all apps are registered and see it")
        .atMost(BusyMall.LIMIT)
        .untilAsserted(
            () -> {
              assertThat(mall.keys()).isEqualTo(mall.expectedKeys());
              for (App app : App.values()) {
                assertThat(mall.running(app))
                    .allSatisfy(each -> assertThat(PlatformState.of(each).isRegistered()).isTrue());
              }
            });
  }

  private static void awaitListed() {
    await("order-app lists etcd's instances")
        .atMost(BusyMall.LIMIT)
        .untilAsserted(
            () ->
                assertThat(PlatformState.of(busy.mall().only(App.ORDER)).addresses(SERVICE))
                    .isEqualTo(busy.mall().addresses(SERVICE)));
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
