package dev.platform.core.registry;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.etcd.EtcdConnection;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done next, now or after a pause: one thing at a time, and the last one that was
 * asked for. On the connection's thread.
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

  /** Runs the action after a delay, instead of whatever was to run. */
  void schedule(Runnable action, long millis) {
    cancel();
    scheduled = connection.schedule(action, millis);
  }

  /** Runs the action, which asks etcd again, after a pause that grows from failure to failure. */
  void retry(Runnable action) {
    schedule(
        () -> {
          connection.reconnect();
          action.run();
        },
        backoff.nextMillis());
  }

  /** etcd has answered: the next pause is a short one. */
  void succeeded() {
    backoff.reset();
  }

  void cancel() {
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }
}
