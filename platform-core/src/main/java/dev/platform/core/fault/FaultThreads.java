package dev.platform.core.fault;

import dev.platform.core.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One timer thread for all delayed calls, and an unbounded pool that runs them afterwards, like
 * gRPC's own.
 */
public final class FaultThreads implements AutoCloseable {

  private final ScheduledExecutorService timer;
  private final ExecutorService workers;

  public FaultThreads(Threads threads) {
    this.timer = threads.timer("platform-fault-timer");
    this.workers = threads.workers("platform-fault-");
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

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
  }
}
