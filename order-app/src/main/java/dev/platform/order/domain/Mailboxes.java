package dev.platform.order.domain;

import java.time.Instant;

/**
 * Users' notifications, and how far users have acknowledged them. Methods block on the database.
 */
public interface Mailboxes extends SequencedLog<Notification> {

  /**
   * Stores a notification and returns its sequence; a repeated one gets the same sequence.
   *
   * @throws NotificationException when another notification has its id
   */
  long keep(Notification.Draft draft, Instant now);

  /** The sequence up to which a user has acknowledged; 0 for a new user. */
  long acknowledged(String userId);

  /**
   * Records that all notifications up to a sequence have arrived. A lower sequence than before
   * changes nothing.
   *
   * @throws NotificationException when the sequence has not been sent yet
   */
  void acknowledge(String userId, long sequence);
}
