package dev.platform.core.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import dev.platform.core.concurrency.SimulatedServer.Offer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that works on twenty calls of 10 ms at a time: 2000 a second; in simulated time. */
class AdaptiveLimitTest {

  private static final double NORMAL = 0.9;
  private static final double HIGH = 1;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TENTH = Duration.ofMillis(100);
  private static final int PEAK_IN_A_TENTH = 200;

  private final ConcurrencyLimit limit =
      ConcurrencyLimit.adaptive(new Adaptive(50, 10, 180), () -> 1);
  private final SimulatedServer server = new SimulatedServer(limit, 20, Duration.ofMillis(10));

  @Test
  void keepsThePeakFromTwoTenthsOfASecondAfterTenTimesAsMuchIsOffered() {
    server.run(SECOND, server.offer(1000, NORMAL));
    long start = server.now();

    server.run(SECOND.multipliedBy(30), server.offer(20_000, NORMAL));

    List<Integer> settled =
        server.answersIn(TENTH, start + Duration.ofMillis(200).toNanos(), server.now());
    assertThat(settled)
        .allSatisfy(answers -> assertThat(answers).isGreaterThan(PEAK_IN_A_TENTH * 85 / 100));
    assertThat(settled.stream().mapToInt(each -> each).average().orElseThrow())
        .isGreaterThan(PEAK_IN_A_TENTH * 0.97);
  }

  @Test
  void theQueueStaysShort() {
    server.run(SECOND, server.offer(1000, NORMAL));
    for (int second = 0; second < 60; second++) {
      server.run(SECOND, server.offer(20_000, NORMAL));
      assertThat(limit.limit()).isBetween(20, 50);
    }
  }

  @Test
  void nearlyAllCallsOfHighPriorityAreAcceptedWhileTheRestOverloadsIt() {
    Offer normal = server.offer(19_000, NORMAL);
    Offer high = server.offer(1000, HIGH);
    server.run(SECOND.multipliedBy(30), normal, high);

    assertThat(high.refused()).isLessThan(0.005);
    assertThat(normal.refused()).isGreaterThan(0.9);
  }

  @Test
  void aModestLoadIsNeverRefusedHoweverTheHandlersTimesVary() {
    server.handlersTakeAtRandom();
    Offer offer = server.offer(1200, NORMAL);
    server.run(SECOND.multipliedBy(60), offer);

    assertThat(offer.refused()).isZero();
  }

  @Test
  void varyingTimesOfHandlersCostLittleUnderOverload() {
    server.handlersTakeAtRandom();
    server.run(SECOND, server.offer(1000, NORMAL));
    long start = server.now();

    server.run(SECOND.multipliedBy(30), server.offer(20_000, NORMAL));

    List<Integer> settled = server.answersIn(SECOND, start + SECOND.toNanos(), server.now());
    assertThat(settled).allSatisfy(answers -> assertThat(answers).isGreaterThan(2000 * 85 / 100));
    assertThat(limit.limit()).as("the queue does not grow").isLessThan(90);
  }

  @Test
  void aServerThatHasBecomeSlowerIsUsedFullySoonAgain() {
    server.run(SECOND.multipliedBy(5), server.offer(20_000, NORMAL));
    server.handlersTake(Duration.ofMillis(40));
    server.run(SECOND.multipliedBy(10), server.offer(20_000, NORMAL));
    long start = server.now();

    server.run(SECOND.multipliedBy(10), server.offer(20_000, NORMAL));

    assertThat(server.answersIn(SECOND, start, server.now()))
        .allSatisfy(answers -> assertThat(answers).isGreaterThan(500 * 90 / 100));
  }

  @Test
  void risesToWhatTheServerCanDoIfItBeganTooLow() {
    ConcurrencyLimit low = ConcurrencyLimit.adaptive(new Adaptive(2, 2, 180), () -> 1);
    SimulatedServer large = new SimulatedServer(low, 100, Duration.ofMillis(10));
    large.run(SECOND.multipliedBy(2), large.offer(50_000, NORMAL));

    assertThat(low.limit()).isBetween(90, 180);
  }

  @Test
  void slowMethodsBesideFastOnesAreNotTakenForAQueue() {
    Offer fast = SimulatedServer.offerOf(Duration.ofMillis(1), 4000, NORMAL);
    Offer slow = SimulatedServer.offerOf(Duration.ofMillis(100), 20, NORMAL);
    server.run(SECOND.multipliedBy(5), fast, slow);
    Offer more = SimulatedServer.offerOf(Duration.ofMillis(100), 120, NORMAL);
    server.run(SECOND.multipliedBy(5), more);

    assertThat(fast.refused()).isZero();
    assertThat(slow.refused()).isZero();
    assertThat(more.refused()).isZero();
    assertThat(limit.limit()).isEqualTo(50);
  }

  @Test
  void callsThatTimeOutLowerItToItsMinimumAndItRisesAgainAfterwards() {
    server.run(SECOND, server.offer(1500, NORMAL));
    server.handlersTake(Duration.ofSeconds(1));
    server.run(SECOND.multipliedBy(10), server.offer(1500, NORMAL));
    assertThat(limit.limit()).isBetween(10, 50);

    server.handlersTake(Duration.ofMillis(10));
    server.run(SECOND.multipliedBy(4), server.offer(1500, NORMAL));
    Offer afterwards = server.offer(1500, NORMAL);
    server.run(SECOND.multipliedBy(10), afterwards);

    assertThat(afterwards.refused()).isLessThan(0.001);
  }
}
