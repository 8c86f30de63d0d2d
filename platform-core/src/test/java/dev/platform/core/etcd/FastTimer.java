package dev.platform.core.etcd;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread whose timers run a number of times as fast as real time. */
public final class FastTimer extends ScheduledThreadPoolExecutor {

  private final int times;

  public FastTimer(int times) {
    super(1);
    this.times = times;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return super.schedule(task, unit.toNanos(delay) / times, TimeUnit.NANOSECONDS);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return super.schedule(task, unit.toNanos(delay) / times, TimeUnit.NANOSECONDS);
  }
}
