package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Entries that are no longer tried, for an operator. Thread-safe; blocks on the database. */
public interface ParkedWork {

  /**
   * A parked entry.
   *
   * @param task whose entry it is
   * @param id the order's id, or the notification's
   * @param attempts how often it was tried
   * @param reason why the last attempt failed
   * @param parkedAt since when it is parked
   */
  record Entry(Task task, String id, int attempts, String reason, Instant parkedAt) {}

  /** Up to {@code limit} parked entries, the oldest first. */
  List<Entry> list(int limit);

  /**
   * Makes parked entries due again, with all their attempts.
   *
   * @param task only those of this task; empty for any
   * @param id only this one; empty for all
   * @return how many there were
   */
  int requeue(Optional<Task> task, Optional<String> id);
}
