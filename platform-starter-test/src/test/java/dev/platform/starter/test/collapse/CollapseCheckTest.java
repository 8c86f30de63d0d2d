package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Under virtual time. */
class CollapseCheckTest {

  private final VirtualTime time = new VirtualTime();

  @Test
  void findsTheRegionInWhichNaiveRetriesKeepAServerBusyForEver() throws Exception {
    QueueModel naive = QueueModel.naive(time, 3);

    CollapseReport report = stallCheck(naive, 0.2, 0.5, 0.8, 0.95).run();

    assertThat(report.cells())
        .extracting(CollapseCell::verdict)
        .containsExactly(
            Verdict.RECOVERED, Verdict.NOT_RECOVERED, Verdict.NOT_RECOVERED, Verdict.NOT_RECOVERED);
    assertThat(report.unstable())
        .allSatisfy(cell -> assertThat(cell.before()).isEqualTo(1))
        .allSatisfy(cell -> assertThat(cell.after()).isLessThan(0.1));
  }

  @Test
  void aQueueWithoutABoundIsSlowToDrainAlsoWithoutRetries() throws Exception {
    CollapseReport report = stallCheck(QueueModel.naive(time, 1), 0.5, 0.95).run();

    // A backlog of almost 5 s, of which 5 % of the capacity is left for each second.
    assertThat(report.cells())
        .extracting(CollapseCell::verdict)
        .containsExactly(Verdict.RECOVERED, Verdict.NOT_RECOVERED);
  }

  @Test
  void aRetryBudgetAloneDoesNotDrainTheQueueNearTheCapacity() throws Exception {
    CollapseReport report = stallCheck(QueueModel.withBudget(time, 3), 0.5, 0.95).run();

    assertThat(report.cells())
        .extracting(CollapseCell::verdict)
        .containsExactly(Verdict.RECOVERED, Verdict.NOT_RECOVERED);
  }

  @Test
  void aRetryBudgetAndABoundedQueueAreStableUpToTheCapacity() throws Exception {
    QueueModel bounded = QueueModel.withBudgetAndShedding(time, 3);

    CollapseReport report = stallCheck(bounded, 0.2, 0.5, 0.8, 0.95).run();

    assertThat(report.unstable()).isEmpty();
    assertThatCode(report::assertStable).doesNotThrowAnyException();
    assertThat(report.cells())
        .allSatisfy(cell -> assertThat(cell.recoveredAfter()).isLessThan(Duration.ofSeconds(15)));
  }

  @Test
  void aBurstAboveTheCapacityIsATriggerToo() throws Exception {
    CollapseReport naive = check(QueueModel.naive(time, 3)).trigger(Trigger.burst(3)).build().run();
    CollapseReport bounded =
        check(QueueModel.withBudgetAndShedding(time, 3)).trigger(Trigger.burst(3)).build().run();

    assertThat(naive.unstable()).hasSize(3);
    assertThat(bounded.unstable()).isEmpty();
  }

  @Test
  void measuresTheCapacityWithinAFewPerCentAndNotAboveIt() throws Exception {
    QueueModel server = QueueModel.naive(time, 1);

    CollapseReport report =
        CollapseCheck.of("model", server::call)
            .deadline(QueueModel.DEADLINE)
            .measureCapacity(10, Duration.ofSeconds(5))
            .loads(0.5)
            .trigger(Trigger.stall("server", server::stall, server::resume))
            .time(time)
            .build()
            .run();

    assertThat(report.capacity()).isCloseTo(QueueModel.CAPACITY, within(5.0));
  }

  @Test
  void aLoadThatIsNeverSteadySaysNothingOfTheTrigger() throws Exception {
    List<String> begun = new ArrayList<>();

    CollapseReport report =
        CollapseCheck.of(
                "model", () -> CompletableFuture.failedFuture(new IllegalStateException("no 17")))
            .capacity(100)
            .loads(0.5)
            .trigger(Trigger.of("nothing", () -> begun.add("begun"), () -> {}))
            .time(time)
            .build()
            .run();

    assertThat(begun).isEmpty();
    assertThat(report.cells()).extracting(CollapseCell::verdict).containsOnly(Verdict.NEVER_STEADY);
    assertThatThrownBy(report::assertStable)
        .hasMessageContaining(
            "nothing at 50 % of capacity (50.0/s): no steady goodput before it, 0 % good; 150 times"
                + " java.lang.IllegalStateException: no #");
  }

  @Test
  void theMessageHasTheCellsAndWhatLetsWorkRepeatOrPileUp() throws Exception {
    QueueModel naive = QueueModel.naive(time, 3);
    CollapseReport report =
        check(naive)
            .loads(0.8)
            .trigger(Trigger.stall("server", naive::stall, naive::resume))
            .properties(
                "shop",
                Map.of(
                    "platform.resilience.retry.budget.ratio", "1.0",
                    "platform.resilience.concurrency-limit.mode", "adaptive",
                    "spring.datasource.hikari.connection-timeout", "10s",
                    "client.attempts", "3"))
            .build()
            .run();

    assertThatThrownBy(report::assertStable)
        .isInstanceOf(AssertionError.class)
        .message()
        .isEqualToNormalizingNewlines(
            """
            model: goodput does not return in 1 of 1 cells (expected: in all), capacity 100.0/s
              stall of server at 80 % of capacity (80.0/s): 100 % good before, 0 % good 56.0 s after it; 240 times java.lang.IllegalStateException: no answer in time
            let work repeat or pile up:
              shop: platform.resilience.retry.budget.ratio=1.0: this share of all calls is repeated for as long as calls fail
              shop: spring.datasource.hikari.connection-timeout=10s: work waits for a connection longer than its caller waits for the work
            also in force:
              shop: platform.resilience.concurrency-limit.mode=adaptive
              shop: platform.resilience.retry.budget.tokens=200
              shop: platform.resilience.retry.enabled=true
              shop: platform.resilience.retry.max-attempts=3
              shop: platform.resilience.circuit-breaker.enabled=true
              shop: platform.deadline.refuse-below-usual=true
              shop: platform.deadline.default-timeout=5s
              shop: platform.grpc.server-executor.enabled=true
              shop: platform.grpc.server-executor.max-threads=200
              shop: spring.datasource.hikari.maximum-pool-size=10
              shop: client.attempts=3\
            """);
  }

  @Test
  void theTableHasARowForEachTrigger() throws Exception {
    QueueModel naive = QueueModel.naive(time, 3);
    CollapseReport report =
        check(naive)
            .loads(0.8, 0.2)
            .trigger(Trigger.stall("server", naive::stall, naive::resume))
            .trigger(Trigger.coldRestart("nothing", () -> {}))
            .build()
            .run();

    assertThat(report.table())
        .isEqualToNormalizingNewlines(
            """
            model: capacity 100.0/s, good within 3.0 s; good again after
              trigger \\ load           20 %%            80 %%
              stall of server          2.0 s           NOT, 0 %%
              cold restart of nothing  0.0 s           0.0 s
            """
                .formatted());
  }

  @Test
  void aTriggerThatFailsIsUndoneAndEndsTheCheck() {
    List<String> done = new ArrayList<>();
    QueueModel server = QueueModel.naive(time, 1);
    CollapseCheck check =
        check(server)
            .trigger(
                Trigger.stall(
                    "server",
                    () -> {
                      throw new IllegalStateException("no such process");
                    },
                    () -> done.add("resumed")))
            .build();

    assertThatThrownBy(check::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stall of server: java.lang.IllegalStateException: no such process");
    assertThat(done).containsExactly("resumed");
  }

  @Test
  void aWindowOfFewRequestsIsRefused() {
    CollapseCheck check =
        check(QueueModel.naive(time, 1))
            .capacity(8)
            .loads(0.5, 0.9)
            .trigger(Trigger.burst(2))
            .build();

    assertThatThrownBy(check::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "model: 4.0 requests in a window of PT1S at 4.0 a second (expected: at least 5)");
  }

  @Test
  void whatCollapsedIsRepairedBeforeTheNextCell() throws Exception {
    List<String> repairs = new ArrayList<>();
    QueueModel naive = QueueModel.naive(time, 3);

    check(naive)
        .trigger(Trigger.stall("server", naive::stall, naive::resume))
        .afterCollapse(() -> repairs.add("repaired"))
        .build()
        .run();

    assertThat(repairs).isNotEmpty();
  }

  private CollapseCheck stallCheck(QueueModel server, double... loads) {
    return check(server)
        .loads(loads)
        .trigger(Trigger.stall("server", server::stall, server::resume))
        .build();
  }

  private CollapseCheckBuilder check(QueueModel server) {
    return CollapseCheck.of("model", server::call)
        .capacity(QueueModel.CAPACITY)
        .deadline(QueueModel.DEADLINE)
        .afterCollapse(server::restart)
        .time(time);
  }
}
