package dev.platform.core.fault;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * One timer thread for all delayed calls, and an unbounded pool that runs them afterwards, like
 * gRPC's own.
 */
public final class FaultThreads implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, daemon("platform-fault-timer"));
  private final ExecutorService workers = Executors.newCachedThreadPool(daemon("platform-fault"));

  public FaultThreads() {
    // A cancelled call is removed at once, not when its delay ends.
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs something later, on a thread that it may block. */
  Future<?> after(Duration delay, Runnable work) {
    return timer.schedule(() -> workers.execute(work), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs something now. */
  Executor workers() {
    return workers;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** The number of delayed calls. */
  int waiting() {
    return timer.getQueue().size();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
