package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances are restarted and killed under 200 calls a second. */
class InstanceEndsIT {

  private static final int ROUNDS = 2;
  private static final int CALLS = 20_000;
  private static final Duration KEYS_GONE = Mall.LEASE_TTL.plusSeconds(2);

  private static BusyMall busy;

  @BeforeAll
  static void open() throws Exception {
    busy = BusyMall.open(Mall.withEtcd("instance-ends"));
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
  void noCallFailsWhileAllInstancesAreRestartedTwiceOneAfterTheOther() {
    Mall mall = busy.mall();
    long start = System.nanoTime();
    try (SteadyLoad load = busy.load()) {
      for (int round = 0; round < ROUNDS; round++) {
        for (AppProcess old : busy.inventories()) {
          assertThat(old.terminate()).as("exit code of %s", old.name()).isEqualTo(143);
          mall.start(App.INVENTORY).awaitReady();
          mall.awaitRegistered();
        }
      }
      Duration restarts = Duration.ofNanos(System.nanoTime() - start);
      load.awaitTotal(CALLS, BusyMall.LIMIT.plusSeconds(CALLS / BusyMall.CALLS_PER_SECOND));
      LoadReport report = load.stop();

      Report.line("%d restarts took %d s: %s", ROUNDS * 3, restarts.toSeconds(), report);
      assertThat(report.failures()).isEmpty();
      assertThat(report.calls()).isGreaterThanOrEqualTo(CALLS);
      assertThat(busy.inventories()).allSatisfy(each -> assertThat(busy.served(each)).isPositive());
    }
  }

  @Test
  void onlyCallsUnderWayOnAKilledInstanceFail() {
    Mall mall = busy.mall();
    AppProcess doomed = busy.inventories().get(0);
    List<String> keys = Mall.keysOf(App.INVENTORY, doomed);
    try (SteadyLoad load = busy.load()) {
      long killedAt = System.nanoTime();
      doomed.kill();
      await("the killed instance's keys are gone")
          .atMost(KEYS_GONE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> mall.keys().stream().noneMatch(keys::contains));
      Duration gone = Duration.ofNanos(System.nanoTime() - killedAt);
      load.awaitMore(5 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      LoadReport report = load.stop();

      LoadReport underWay =
          report.only(call -> call.sentAt() < killedAt && call.endedAt() >= killedAt);
      Report.line(
          "an instance killed, keys gone after %d ms; under way then: %s; all: %s; failed: %s",
          gone.toMillis(), underWay, report, report.failures());
      assertThat(report.failures()).isEmpty();
    }
  }
}
