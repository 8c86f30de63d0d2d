package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances are restarted and killed under 200 calls a second. */
class InstanceEndsIT {

  private static final int ROUNDS = 2;
  private static final int CALLS = 20_000;
  private static final Duration KEYS_GONE = Mall.LEASE_TTL.plusSeconds(2);

  /**
   * The status of an in-flight call on a broken connection; a crashed process gets no new calls.
   */
  private static final Pattern CONNECTION_BROKE =
      Pattern.compile("Connection reset|Broken pipe|Network closed|ClosedChannel|Keepalive failed");

  /** A retry would hide the platform's own failures. */
  private static final Map<String, String> WITHOUT_RETRIES =
      Map.of("PLATFORM_RESILIENCE_RETRY_ENABLED", "false");

  private static BusyMall busy;

  @BeforeAll
  static void open() throws Exception {
    Mall mall = Mall.withEtcd("instance-ends");
    mall.configure(App.ORDER, WITHOUT_RETRIES);
    busy = BusyMall.open(mall);
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
  void noCallFailsDuringTwoRollingRestarts() {
    Mall mall = busy.mall();
    long start = System.nanoTime();
    try (SteadyLoad load = busy.boundedLoad()) {
      for (int round = 0; round < ROUNDS; round++) {
        for (AppProcess old : busy.inventories()) {
          assertThat(old.terminate()).as("exit code of %s", old.name()).isEqualTo(143);
          mall.start(App.INVENTORY).awaitReady();
          mall.awaitRegistered();
        }
      }
      Duration restarts = Duration.ofNanos(System.nanoTime() - start);
      load.awaitTotal(CALLS, BusyMall.LIMIT.plusSeconds(CALLS / BusyMall.CALLS_PER_SECOND));
      await("each new instance is called")
          .atMost(BusyMall.LIMIT)
          .until(() -> busy.inventories().stream().allMatch(each -> busy.served(each) > 0));
      LoadReport report = load.stop();

      Report.line("%d restarts took %d s: %s", ROUNDS * 3, restarts.toSeconds(), report);
      assertThat(report.failures()).isEmpty();
      assertThat(report.calls()).isGreaterThanOrEqualTo(CALLS);
    }
  }

  @Test
  void onlyInFlightCallsOfAKilledInstanceFail() throws Exception {
    Mall mall = busy.mall();
    AppProcess orders = mall.only(App.ORDER);
    AppProcess doomed = busy.inventories().get(0);
    List<String> keys = Mall.keysOf(App.INVENTORY, doomed);
    int failedBefore = failedCalls(orders).size();
    try (SteadyLoad load = busy.boundedLoad()) {
      // Freezes the process first, so that in-flight calls are lost.
      doomed.freeze();
      load.awaitMore(20, BusyMall.LIMIT);
      long killedAt = System.nanoTime();
      doomed.kill();
      await("the killed instance's keys are gone")
          .atMost(KEYS_GONE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> mall.keys().stream().noneMatch(keys::contains));
      Duration gone = Duration.ofNanos(System.nanoTime() - killedAt);
      load.awaitMore(5 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
      LoadReport report = load.stop();

      LoadReport inFlight =
          report.only(call -> call.sentAt() < killedAt && call.endedAt() >= killedAt);
      Report.line(
          "an instance killed, keys deleted after %d ms; in-flight calls: %s; all: %s",
          gone.toMillis(), inFlight, report);
      assertThat(inFlight.calls()).as("calls in flight when it was killed").isPositive();
      List<String> failed = failedCalls(orders);
      List<String> causes = failed.subList(failedBefore, failed.size());
      assertThat(causes)
          .as("causes of order-app's failed calls")
          .allSatisfy(cause -> assertThat(cause).containsPattern(CONNECTION_BROKE));
      assertThat(report.failures()).hasSizeLessThanOrEqualTo(causes.size());
      assertThat(orders.platform().path("circuitBreakers"))
          .as("circuit breakers of order-app")
          .allSatisfy(state -> assertThat(state.asText()).isEqualTo("CLOSED"));
    }
  }

  @Test
  void noCallOfAnIdempotentMethodFailsWhenAnInstanceIsKilled() {
    Mall mall = busy.mall();
    mall.configure(App.ORDER, Map.of());
    busy.restartOrderApp();
    try {
      busy.awaitAllCalled();
      AppProcess doomed = busy.inventories().get(0);
      try (SteadyLoad load = busy.boundedLoad()) {
        doomed.freeze();
        load.awaitMore(20, BusyMall.LIMIT);
        long killedAt = System.nanoTime();
        doomed.kill();
        load.awaitMore(5 * BusyMall.CALLS_PER_SECOND, BusyMall.LIMIT);
        LoadReport report = load.stop();

        LoadReport inFlight =
            report.only(call -> call.sentAt() < killedAt && call.endedAt() >= killedAt);
        Report.line(
            "an instance killed, calls retried; in-flight calls: %s; all: %s", inFlight, report);
        assertThat(inFlight.calls()).as("calls in flight when it was killed").isPositive();
        assertThat(report.failures()).isEmpty();
      }
    } finally {
      mall.configure(App.ORDER, WITHOUT_RETRIES);
      busy.restartOrderApp();
    }
  }

  /** The status of each failed call of order-app, from its log. */
  private static List<String> failedCalls(AppProcess orders) {
    return orders.log().text().lines().filter(line -> line.contains(" failed: Status{")).toList();
  }
}
