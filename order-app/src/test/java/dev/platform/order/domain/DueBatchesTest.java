package dev.platform.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DueBatchesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final Failures failures = new Failures();

  @Test
  void worksOnSeveralEntriesAtOnce() {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    CountDownLatch together = new CountDownLatch(4);
    try {
      assertThat(
              next(
                  pool,
                  8,
                  entry -> {
                    together.countDown();
                    awaitAll(together);
                    done.add(entry.id());
                  }))
          .isTrue();
    } finally {
      pool.shutdownNow();
    }

    assertThat(done).hasSize(8);
  }

  @Test
  void reportsWhenNothingIsDue() {
    assertThat(next(Runnable::run, 0, entry -> done.add(entry.id()))).isFalse();
  }

  @Test
  void anEntryThatFailsByItselfIsCountedAndTheRestProceeds() {
    boolean more =
        next(
            Runnable::run,
            5,
            entry -> {
              failIf(entry, "e-1", FailureScope.ONE);
              done.add(entry.id());
            });

    assertThat(more).isTrue();
    assertThat(done).containsExactly("e-0", "e-2", "e-3", "e-4");
    assertThat(failures.counted).containsExactly("e-1");
  }

  @Test
  void anOutageEndsTheBatchAndCountsNothing() {
    AtomicInteger tried = new AtomicInteger();

    assertThatThrownBy(
            () ->
                next(
                    Runnable::run,
                    50,
                    entry -> {
                      tried.incrementAndGet();
                      throw new Failure(FailureScope.UNKNOWN);
                    }))
        .isInstanceOf(Failure.class);

    assertThat(tried).hasValue(3);
    assertThat(failures.counted).isEmpty();
  }

  @Test
  void oneEntryAtATimeIsTriedUntilTheOutageEnds() {
    List<Integer> limits = new ArrayList<>();
    AtomicInteger tried = new AtomicInteger();
    DueBatches batches =
        new DueBatches(
            Task.FULFILMENT,
            failures,
            Runnable::run,
            50,
            RETRY_AFTER,
            Clock.fixed(NOW, ZoneOffset.UTC));
    DueBatches.Claim<String> claim =
        (now, retryAt, limit) -> {
          limits.add(limit);
          return entries(limit);
        };
    Consumer<DueWork<String>> failing =
        entry -> {
          tried.incrementAndGet();
          throw new Failure(FailureScope.ALL);
        };

    assertThatThrownBy(() -> batches.next(claim, failing)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> batches.next(claim, failing)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> batches.next(claim, failing)).isInstanceOf(Failure.class);
    assertThat(tried).hasValue(5);
    batches.next(claim, entry -> done.add(entry.id()));
    batches.next(claim, entry -> done.add(entry.id()));

    assertThat(limits).containsExactly(50, 1, 1, 1, 50);
  }

  @Test
  void anEntryThatTimesOutWhileOthersSucceedIsCounted() {
    next(
        Runnable::run,
        5,
        entry -> {
          failIf(entry, "e-1", FailureScope.UNKNOWN);
          done.add(entry.id());
        });

    assertThat(done).hasSize(4);
    assertThat(failures.counted).containsExactly("e-1");
  }

  @Test
  void anEntryThatABusyServiceRefusedIsNotCounted() {
    next(Runnable::run, 5, entry -> failIf(entry, "e-1", FailureScope.ALL));

    assertThat(failures.counted).isEmpty();
  }

  @Test
  void aFailureThatCannotBeRecordedIsReported() {
    failures.away = true;

    assertThatThrownBy(
            () -> next(Runnable::run, 1, entry -> failIf(entry, "e-0", FailureScope.ONE)))
        .hasMessage("away")
        .satisfies(e -> assertThat(e.getSuppressed()).hasOnlyElementsOfType(Failure.class));
  }

  @Test
  void entriesWhoseClaimHasEndedAreLeftToOthers() {
    AtomicInteger looks = new AtomicInteger();
    InstantSource twoSecondsEach = () -> NOW.plusSeconds(2L * looks.getAndIncrement());
    Clock clock = twoSecondsEach.withZone(ZoneOffset.UTC);

    new DueBatches(Task.FULFILMENT, failures, Runnable::run, 5, RETRY_AFTER, clock)
        .next((now, retryAt, limit) -> entries(limit), entry -> done.add(entry.id()));

    assertThat(done).containsExactly("e-0", "e-1");
  }

  @Test
  void endsQuietlyWhenItsThreadsAreShutDown() {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    pool.shutdownNow();

    assertThat(next(pool, 3, entry -> done.add(entry.id()))).isFalse();
    assertThat(done).isEmpty();
  }

  private boolean next(Executor executor, int due, Consumer<DueWork<String>> work) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new DueBatches(Task.FULFILMENT, failures, executor, 50, RETRY_AFTER, clock)
        .next(
            (now, retryAt, limit) -> {
              assertThat(retryAt).isEqualTo(NOW.plus(RETRY_AFTER));
              assertThat(limit).isEqualTo(50);
              return entries(due);
            },
            work);
  }

  private static List<DueWork<String>> entries(int howMany) {
    return IntStream.range(0, howMany).mapToObj(i -> new DueWork<>("e-" + i, "work", "")).toList();
  }

  private static void failIf(DueWork<String> entry, String id, FailureScope scope) {
    if (entry.id().equals(id)) {
      throw new Failure(scope);
    }
  }

  private static void awaitAll(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final FailureScope scope;

    Failure(FailureScope scope) {
      super("failed: " + scope);
      this.scope = scope;
    }
  }

  private static final class Failures implements FailedWork {
    final List<String> counted = Collections.synchronizedList(new ArrayList<>());
    boolean away;

    @Override
    public FailureScope scopeOf(RuntimeException failure) {
      return failure instanceof Failure known ? known.scope : FailureScope.ALL;
    }

    @Override
    public void failed(Task task, String id, RuntimeException failure, Duration retryAfter) {
      if (away) {
        throw new IllegalStateException("away");
      }
      assertThat(task).isEqualTo(Task.FULFILMENT);
      assertThat(retryAfter).isEqualTo(RETRY_AFTER);
      counted.add(id);
    }

    @Override
    public void park(Task task, String id, String reason) {
      throw new AssertionError("nothing is parked here");
    }
  }
}
