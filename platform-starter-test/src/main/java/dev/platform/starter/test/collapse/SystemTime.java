package dev.platform.starter.test.collapse;

import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** {@link System#nanoTime()}, and a thread for each fault. */
final class SystemTime implements Time {

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleepUntil(long nanos) throws InterruptedException {
    for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public Future<?> start(String name, Fault fault) {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              fault.run();
              return true;
            });
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}
