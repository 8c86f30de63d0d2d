package dev.platform.mall;

import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;

/**
 * The outcome of one call.
 *
 * @param sentAt send time on the clock of {@link System#nanoTime()}
 * @param took the latency
 * @param status its status; OK for anything that its caller counts as a success
 */
record Outcome(long sentAt, Duration took, Status status) {

  boolean isFailure() {
    return !status.isOk();
  }

  long endedAt() {
    return sentAt + took.toNanos();
  }

  /** Includes the time of day, for comparison with logs. */
  @Override
  public String toString() {
    Instant at = Instant.now().minusNanos(System.nanoTime() - sentAt);
    return "sent %s, ended after %d ms: %s: %s"
        .formatted(at, took.toMillis(), status.getCode(), status.getDescription());
  }
}
