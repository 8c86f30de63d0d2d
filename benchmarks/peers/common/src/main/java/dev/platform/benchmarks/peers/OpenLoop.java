package dev.platform.benchmarks.peers;

import dev.platform.benchmarks.peers.Peer.UnaryCall;
import java.io.PrintStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls at a fixed rate, whether or not earlier calls have ended. A call's latency counts from when
 * it was due.
 */
final class OpenLoop {

  private static final long LAST_ANSWERS_NANOS = 3_000_000_000L;

  private final UnaryCall call;
  private final long intervalNanos;
  private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "open-loop");
  private volatile boolean stopped;

  /** A call: when it was due, when it ended, in the nanoseconds that all processes share. */
  private static final class Attempt {

    private final long due;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long end;
    private volatile @Nullable String outcome;

    Attempt(long due) {
      this.due = due;
    }

    void end(@Nullable Throwable failure) {
      if (ended.compareAndSet(false, true)) {
        end = System.nanoTime();
        outcome = failure == null ? "OK" : nameOf(failure);
      }
    }

    private static String nameOf(Throwable failure) {
      return String.valueOf(failure).replaceAll("\\s+", " ");
    }
  }

  OpenLoop(UnaryCall call, int rate) {
    this.call = call;
    intervalNanos = 1_000_000_000L / rate;
  }

  void start() {
    thread.start();
  }

  /** Ends the load, waits for the last answers, and prints one line for each call. */
  void stop(PrintStream out) throws InterruptedException {
    stopped = true;
    thread.join();
    long latest = System.nanoTime() + LAST_ANSWERS_NANOS;
    while (System.nanoTime() < latest
        && attempts.stream().anyMatch(attempt -> attempt.outcome == null)) {
      Thread.sleep(10);
    }
    for (Attempt attempt : attempts) {
      attempt.end(new IllegalStateException("no answer"));
      out.println(
          "call " + attempt.due + " " + (attempt.end - attempt.due) + " " + attempt.outcome);
    }
  }

  private void run() {
    long due = System.nanoTime();
    while (!stopped) {
      while (due > System.nanoTime()) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      Attempt attempt = new Attempt(due);
      attempts.add(attempt);
      try {
        call.start(attempt::end);
      } catch (RuntimeException e) {
        attempt.end(e);
      }
      due += intervalNanos;
    }
  }
}
