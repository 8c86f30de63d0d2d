package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;

/** What users have yet to be told. Safe for several instances at once; blocks on the database. */
public interface Outbox {

  /**
   * Takes up to {@code limit} entries that are due, of each order only the oldest that was not
   * rejected, and makes them due again at {@code retryAt}.
   */
  List<Due<Notification.Draft>> claimDue(Instant now, Instant retryAt, int limit);

  /** Strikes out what was delivered. */
  void delivered(String notificationId);

  /** Sets aside what will never be taken; the later entries of its order go on. */
  void rejected(String notificationId, String reason);
}
