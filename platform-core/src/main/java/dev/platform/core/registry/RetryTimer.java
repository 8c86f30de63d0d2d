package dev.platform.core.registry;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.etcd.EtcdConnection;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the next action, at once or after a pause: one at a time; the latest replaces the one
 * before. On the connection's thread.
 */
final class RetryTimer {

  private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  private final EtcdConnection connection;
  private final Backoff backoff;
  private @Nullable ScheduledFuture<?> scheduled;

  RetryTimer(EtcdConnection connection, RandomGenerator random) {
    this.connection = connection;
    this.backoff = new Backoff(MAX_BACKOFF, random);
  }

  /** Runs the action after a delay, in place of any scheduled one. */
  void schedule(Runnable action, long millis) {
    cancel();
    scheduled = connection.schedule(action, millis);
  }

  /**
   * Runs the action, which retries a request to etcd, after a pause that grows with each failure.
   */
  void retry(Runnable action) {
    schedule(
        () -> {
          connection.reconnect();
          action.run();
        },
        backoff.nextMillis());
  }

  /** etcd has answered: resets the back-off. */
  void succeeded() {
    backoff.reset();
  }

  void cancel() {
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }
}
