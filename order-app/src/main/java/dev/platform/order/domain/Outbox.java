package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;

/** Notifications to be delivered. Safe for several instances at once; blocks on the database. */
public interface Outbox {

  /**
   * Claims up to {@code limit} due entries, of each order only the oldest that was not rejected,
   * and makes them due again at {@code retryAt}.
   */
  List<DueWork<Notification.Draft>> claimDue(Instant now, Instant retryAt, int limit);

  /** Removes a delivered entry. */
  void delivered(String notificationId);

  /** Marks an entry that will never be accepted; the order's later entries proceed. */
  void rejected(String notificationId, String reason);
}
