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
 * Lets so many in at once, and all others in the order in which they came. Bounded. Who has left,
 * because the call is over, holds up nobody. Thread-safe.
 */
final class AdmissionQueue {

  /** How waiting ended. */
  enum Outcome {
    /** It is one's turn; {@link #leave} must follow. */
    ADMITTED,
    /** Too many waited already. */
    FULL,
    /** The turn did not come in time. */
    TOO_LONG,
    /** The call was over first. */
    GONE
  }

  private final int atOnce;
  private final int maxWaiting;
  // guarded by this
  private final Deque<CompletableFuture<Outcome>> line = new ArrayDeque<>();
  private int admitted;

  AdmissionQueue(int atOnce, int maxWaiting) {
    this.atOnce = atOnce;
    this.maxWaiting = maxWaiting;
  }

  /** Waits for one's turn, so long at most, and no longer than the current call lasts. */
  Outcome enter(long maxWaitNanos) throws InterruptedException {
    CompletableFuture<Outcome> turn = new CompletableFuture<>();
    synchronized (this) {
      if (admitted < atOnce) {
        admitted++;
        return Outcome.ADMITTED;
      }
      if (line.size() >= maxWaiting) {
        return Outcome.FULL;
      }
      line.addLast(turn);
    }
    Context call = Context.current();
    CancellationListener left = over -> turn.complete(Outcome.GONE);
    call.addListener(left, Runnable::run);
    try {
      return await(turn, maxWaitNanos);
    } finally {
      call.removeListener(left);
      forget(turn);
    }
  }

  /** Makes room for the next. */
  synchronized void leave() {
    CompletableFuture<Outcome> next = line.pollFirst();
    while (next != null && !next.complete(Outcome.ADMITTED)) {
      next = line.pollFirst();
    }
    if (next == null) {
      admitted--;
    }
  }

  synchronized int waiting() {
    return line.size();
  }

  private Outcome await(CompletableFuture<Outcome> turn, long nanos) throws InterruptedException {
    try {
      return turn.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The turn may come at this very moment: whoever is first decides.
      turn.complete(Outcome.TOO_LONG);
      return turn.join();
    } catch (InterruptedException e) {
      if (!turn.complete(Outcome.GONE) && turn.join() == Outcome.ADMITTED) {
        leave();
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn never fails", e);
    }
  }

  private synchronized void forget(CompletableFuture<Outcome> turn) {
    line.remove(turn);
  }
}
