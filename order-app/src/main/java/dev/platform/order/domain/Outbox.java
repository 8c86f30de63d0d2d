package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;

/** Notifications to be delivered. Safe for several instances at once; blocks on the database. */
public interface Outbox {

  /**
   * Claims up to {@code limit} due entries, of each order only the oldest that is not parked, and
   * makes them due again at {@code retryAt}. One that the database refuses to claim is a failure of
   * that entry.
   */
  List<DueWork<Notification.Draft>> claimDue(Instant now, Instant retryAt, int limit);

  /** Removes a delivered entry. */
  void delivered(String notificationId);
}
