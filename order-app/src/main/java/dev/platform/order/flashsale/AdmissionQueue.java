package dev.platform.order.flashsale;

import io.grpc.Context;
import io.grpc.Context.CancellationListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Admits a limited number of calls at once; the others wait in order of arrival. Bounded. A waiting
 * call that has ended does not block the others. Thread-safe.
 */
final class AdmissionQueue {

  /** How waiting ended. */
  enum Outcome {
    /** The call is admitted; {@link #leave} must follow. */
    ADMITTED,
    /** The queue was full. */
    FULL,
    /** The call was not admitted in time. */
    TOO_LONG,
    /** The call ended first. */
    CALL_ENDED
  }

  private final int atOnce;
  private final int maxWaiting;
  // guarded by this
  private final Deque<CompletableFuture<Outcome>> waiting = new ArrayDeque<>();
  private int admitted;

  AdmissionQueue(int atOnce, int maxWaiting) {
    this.atOnce = atOnce;
    this.maxWaiting = maxWaiting;
  }

  /** Waits for admission, at most this long, and no longer than the current call lasts. */
  Outcome enter(long maxWaitNanos) throws InterruptedException {
    CompletableFuture<Outcome> turn = new CompletableFuture<>();
    synchronized (this) {
      if (admitted < atOnce) {
        admitted++;
        return Outcome.ADMITTED;
      }
      if (waiting.size() >= maxWaiting) {
        return Outcome.FULL;
      }
      waiting.addLast(turn);
    }
    Context call = Context.current();
    CancellationListener ended = context -> turn.complete(Outcome.CALL_ENDED);
    call.addListener(ended, Runnable::run);
    try {
      return await(turn, maxWaitNanos);
    } finally {
      call.removeListener(ended);
      forget(turn);
    }
  }

  /** Admits the next call. */
  synchronized void leave() {
    CompletableFuture<Outcome> next = waiting.pollFirst();
    while (next != null && !next.complete(Outcome.ADMITTED)) {
      next = waiting.pollFirst();
    }
    if (next == null) {
      admitted--;
    }
  }

  synchronized int waiting() {
    return waiting.size();
  }

  private Outcome await(CompletableFuture<Outcome> turn, long nanos) throws InterruptedException {
    try {
      return turn.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The call may be admitted at this very moment: the first completion counts.
      turn.complete(Outcome.TOO_LONG);
      return turn.join();
    } catch (InterruptedException e) {
      if (!turn.complete(Outcome.CALL_ENDED) && turn.join() == Outcome.ADMITTED) {
        leave();
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn never fails", e);
    }
  }

  private synchronized void forget(CompletableFuture<Outcome> turn) {
    waiting.remove(turn);
  }
}
