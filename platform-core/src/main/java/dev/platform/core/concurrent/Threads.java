package dev.platform.core.concurrent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a program: where its components run their timers and their work, and how they
 * block. A simulation replaces it, to run everything on one thread in virtual time. Thread-safe.
 */
public interface Threads {

  /**
   * Returns an executor with one thread and timers. The caller shuts it down.
   *
   * @param name the thread's name
   */
  ScheduledExecutorService timer(String name);

  /**
   * Returns an executor for work that may block, with as many threads as needed. The caller shuts
   * it down.
   *
   * @param prefix the threads' names are this and a number
   */
  ExecutorService workers(String prefix);

  /**
   * Blocks like {@link Object#wait(long)}: until the monitor is notified, the time has passed, or
   * for no reason. The caller holds the monitor.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  void await(Object monitor, long nanos) throws InterruptedException;

  /** Daemon threads in real time. A cancelled timer is removed at once. */
  static Threads daemons() {
    return new Threads() {

      @Override
      public ScheduledExecutorService timer(String name) {
        ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, DaemonThreadFactory.named(name));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
      }

      @Override
      public ExecutorService workers(String prefix) {
        return Executors.newCachedThreadPool(DaemonThreadFactory.numbered(prefix));
      }

      @Override
      public void await(Object monitor, long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
      }
    };
  }
}
