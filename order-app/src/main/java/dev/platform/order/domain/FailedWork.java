package dev.platform.order.domain;

import java.time.Duration;

/**
 * The record of entries that failed by themselves. They are retried with growing pauses, and parked
 * after a bounded number of attempts: then only {@link ParkedWork#requeue} brings them back. The
 * entry's success clears its record. Thread-safe; blocks on the database.
 */
public interface FailedWork {

  /** What the failure of an entry says about the others. Never blocks. */
  FailureScope scopeOf(RuntimeException failure);

  /**
   * Counts a failed attempt.
   *
   * @param retryAfter the pause after the first failure; it doubles with each further one
   */
  void failed(Task task, String id, RuntimeException failure, Duration retryAfter);

  /** Parks an entry that will never succeed. */
  void park(Task task, String id, String reason);
}
