package dev.platform.order.domain;

import java.time.Duration;

/**
 * How far behind a job is.
 *
 * @param waiting the number of entries that are due or are being worked on; parked ones don't count
 * @param oldest how long the oldest of them has been due; zero if there is none
 * @param parked the number of parked entries
 */
public record Backlog(long waiting, Duration oldest, long parked) {

  /** Nothing waits. */
  public static final Backlog NONE = new Backlog(0, Duration.ZERO, 0);
}
