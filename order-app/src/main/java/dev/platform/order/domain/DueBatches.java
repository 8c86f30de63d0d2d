package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Works on the due entries of one task, batch by batch, several entries at once. Entries fail
 * alone: the rest of the batch proceeds, and the failure is counted in {@link FailedWork}. During
 * an outage nothing is counted, and one entry at a time is tried, so that the backlog adds little
 * load to a service in trouble. For one calling thread at a time.
 */
public final class DueBatches {

  /** Consecutive entries that fail because of an outage, after which the rest is not tried. */
  private static final int OUTAGES = 3;

  private final Task task;
  private final FailedWork failedWork;
  private final Executor executor;
  private final int size;
  private final Duration retryAfter;
  private final Clock clock;
  private boolean outage;

  /**
   * @param executor runs the entries; its threads are how many are worked on at once
   * @param size how many entries are claimed together
   * @param retryAfter how long a claim lasts, and the pause until a failed entry is retried
   */
  public DueBatches(
      Task task,
      FailedWork failedWork,
      Executor executor,
      int size,
      Duration retryAfter,
      Clock clock) {
    this.task = task;
    this.failedWork = failedWork;
    this.executor = executor;
    this.size = size;
    this.retryAfter = retryAfter;
    this.clock = clock;
  }

  /** Claims due entries, so that no other instance works on them before the claim ends. */
  @FunctionalInterface
  public interface Claim<T> {
    /** Up to {@code limit} entries that are due now, due again at {@code retryAt}. */
    List<DueWork<T>> due(Instant now, Instant retryAt, int limit);
  }

  /**
   * Works on the next batch, and waits for its end. False when nothing was due, or when the thread
   * was interrupted.
   *
   * @throws RuntimeException the first failure, when at least half of the batch failed because of
   *     an outage; unfinished entries are due again when their claim ends
   */
  public <T> boolean next(Claim<T> claim, Consumer<DueWork<T>> work) {
    Instant now = clock.instant();
    Instant retryAt = now.plus(retryAfter);
    List<DueWork<T>> due = claim.due(now, retryAt, outage ? 1 : size);
    if (due.isEmpty()) {
      return false;
    }
    Batch<T> batch = new Batch<>(work, retryAt);
    // Stays so when the batch throws.
    outage = true;
    boolean ended = batch.run(due) && batch.judge();
    outage = false;
    return ended;
  }

  /** An entry that failed because of an outage, or because of itself. */
  private record Doubtful(String id, RuntimeException failure, boolean countable) {}

  private final class Batch<T> {

    private final Consumer<DueWork<T>> work;
    private final Instant claimEnds;
    // guarded by this
    private final List<Doubtful> doubtful = new ArrayList<>();
    private int succeeded;
    private int outagesInARow;
    private volatile boolean ended;

    Batch(Consumer<DueWork<T>> work, Instant claimEnds) {
      this.work = work;
      this.claimEnds = claimEnds;
    }

    /** False when it was interrupted, or the executor is shut down. */
    boolean run(List<DueWork<T>> due) {
      try {
        CompletableFuture.allOf(
                due.stream()
                    .map(entry -> CompletableFuture.runAsync(() -> attempt(entry), executor))
                    .toArray(CompletableFuture[]::new))
            .get();
        return true;
      } catch (InterruptedException e) {
        ended = true;
        Thread.currentThread().interrupt();
        return false;
      } catch (RejectedExecutionException shutDown) {
        ended = true;
        return false;
      } catch (ExecutionException e) {
        throw new CompletionException(e.getCause());
      }
    }

    private void attempt(DueWork<T> entry) {
      // After its claim has ended, another instance may work on it.
      if (ended || !clock.instant().isBefore(claimEnds)) {
        return;
      }
      try {
        work.accept(entry);
        succeeded();
      } catch (RuntimeException e) {
        switch (failedWork.scopeOf(e)) {
          case ONE -> count(entry.id(), e);
          case UNKNOWN -> outage(entry.id(), e, true);
          case ALL -> outage(entry.id(), e, false);
        }
      }
    }

    private void count(String id, RuntimeException failure) {
      try {
        failedWork.failed(task, id, failure, retryAfter);
      } catch (RuntimeException uncounted) {
        uncounted.addSuppressed(failure);
        outage(id, uncounted, false);
      }
    }

    private synchronized void succeeded() {
      succeeded++;
      outagesInARow = 0;
    }

    private synchronized void outage(String id, RuntimeException failure, boolean countable) {
      doubtful.add(new Doubtful(id, failure, countable));
      ended |= ++outagesInARow >= OUTAGES;
    }

    /** If most entries succeeded, there is no outage: the others failed by themselves. */
    private synchronized boolean judge() {
      if (doubtful.isEmpty()) {
        return true;
      }
      if (doubtful.size() >= succeeded) {
        throw doubtful.get(0).failure();
      }
      doubtful.stream()
          .filter(Doubtful::countable)
          .forEach(each -> failedWork.failed(task, each.id(), each.failure(), retryAfter));
      return true;
    }
  }
}
