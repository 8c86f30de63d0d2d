package dev.platform.starter.etcd;

import io.grpc.Status;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether etcd answers, told by the calls that are made anyway. Logs each change once, and a
 * reminder a minute while etcd stays away. Thread-safe, never blocks.
 */
public final class EtcdAvailability {

  private static final Logger log = LoggerFactory.getLogger(EtcdAvailability.class);
  private static final long REMINDER_NANOS = 60_000_000_000L;

  private final String endpoints;
  private final LongSupplier nanoTime;
  // guarded by this
  private @Nullable Boolean available;
  private long changedAt;
  private long loggedAt;
  private @Nullable String lastError;

  EtcdAvailability(String endpoints, LongSupplier nanoTime) {
    this.endpoints = endpoints;
    this.nanoTime = nanoTime;
  }

  /** Whether the latest call was answered; false before the first answer. */
  public synchronized boolean isAvailable() {
    return Boolean.TRUE.equals(available);
  }

  /** What etcd's latest failure was; null while it answers. */
  public synchronized @Nullable String lastError() {
    return lastError;
  }

  /** {@code etcd at [http://…] answers}, or since when it does not, and why. */
  public synchronized String describe() {
    if (available == null) {
      return "etcd at %s was not asked yet".formatted(endpoints);
    }
    long seconds = (nanoTime.getAsLong() - changedAt) / 1_000_000_000L;
    return available
        ? "etcd at %s answers".formatted(endpoints)
        : "etcd at %s has not answered for %d s: %s".formatted(endpoints, seconds, lastError);
  }

  synchronized void succeeded() {
    lastError = null;
    if (isAvailable()) {
      return;
    }
    boolean first = available == null;
    changeTo(true);
    if (!first) {
      log.info("etcd at {} answers again", endpoints);
    }
  }

  synchronized void failed(Status status) {
    lastError = EtcdFailure.explain(status);
    long now = nanoTime.getAsLong();
    if (!Boolean.FALSE.equals(available)) {
      changeTo(false);
      log.warn("etcd at {} does not answer, trying on: {}", endpoints, lastError);
    } else if (now - loggedAt >= REMINDER_NANOS) {
      loggedAt = now;
      log.warn(
          "etcd at {} has not answered for {} s: {}",
          endpoints,
          (now - changedAt) / 1_000_000_000L,
          lastError);
    }
  }

  private void changeTo(boolean now) {
    available = now;
    changedAt = nanoTime.getAsLong();
    loggedAt = changedAt;
  }
}
