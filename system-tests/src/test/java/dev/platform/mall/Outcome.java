package dev.platform.mall;

import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;

/**
 * The outcome of one call.
 *
 * @param sentAt when it was sent, on the clock of {@link System#nanoTime()}
 * @param took how long the answer took
 * @param status its status; OK for anything that its caller counts as a success
 */
record Outcome(long sentAt, Duration took, Status status) {

  boolean isFailure() {
    return !status.isOk();
  }

  long endedAt() {
    return sentAt + took.toNanos();
  }

  /** With the time of day, which logs have, too. */
  @Override
  public String toString() {
    Instant at = Instant.now().minusNanos(System.nanoTime() - sentAt);
    return "sent %s, ended after %d ms: %s: %s"
        .formatted(at, took.toMillis(), status.getCode(), status.getDescription());
  }
}
