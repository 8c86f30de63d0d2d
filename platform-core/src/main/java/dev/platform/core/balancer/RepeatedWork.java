package dev.platform.core.balancer;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Work in a channel's synchronization context that is repeated for as long as there is a reason.
 * {@link #start} is thread-safe and cheap while it runs already.
 */
final class RepeatedWork {

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final long pauseMillis;
  private final Runnable work;
  private final BooleanSupplier reason;
  private final AtomicBoolean running = new AtomicBoolean();

  // in the synchronization context
  private @Nullable ScheduledHandle timer;
  private boolean stopped;

  /**
   * @param pauseMillis the pause before the first time and between two times
   * @param reason whether it must be repeated, asked after each time
   */
  RepeatedWork(Helper channel, long pauseMillis, Runnable work, BooleanSupplier reason) {
    this.channel = channel;
    this.syncContext = channel.getSynchronizationContext();
    this.pauseMillis = pauseMillis;
    this.work = work;
    this.reason = reason;
  }

  /** Starts it unless it runs. */
  void start() {
    if (!running.get() && running.compareAndSet(false, true)) {
      syncContext.execute(this::pause);
    }
  }

  /** For ever. Call it in the synchronization context. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void pause() {
    if (stopped) {
      return;
    }
    timer =
        syncContext.schedule(
            this::run, pauseMillis, TimeUnit.MILLISECONDS, channel.getScheduledExecutorService());
  }

  private void run() {
    work.run();
    if (reason.getAsBoolean()) {
      pause();
      return;
    }
    running.set(false);
    if (reason.getAsBoolean()) {
      // It came up meanwhile, while this still seemed to run.
      start();
    }
  }
}
