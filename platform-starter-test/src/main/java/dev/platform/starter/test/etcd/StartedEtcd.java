package dev.platform.starter.test.etcd;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for etcd processes. */
final class StartedEtcd {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private StartedEtcd() {}

  /** Returns when the child answers; throws if it ends or takes too long. */
  static void await(EtcdChild child, EtcdClient client) {
    boolean answers = within(LIMIT, () -> client.answers() || !child.isAlive());
    if (!answers || !child.isAlive()) {
      throw new IllegalStateException(
          "etcd "
              + (child.isAlive() ? "did not answer" : "ended")
              + " at its start: "
              + child.logTail());
    }
  }

  /** Asks until the answer is yes; false if it isn't in time. */
  static boolean within(Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }
}
