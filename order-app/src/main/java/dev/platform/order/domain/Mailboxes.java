package dev.platform.order.domain;

import java.time.Instant;

/** What users were told, and how far they have read it. Methods block on the database. */
public interface Mailboxes extends SequencedLog<Notification> {

  /**
   * Keeps a notification and returns its sequence; the same one again gets the same sequence.
   *
   * @throws NotificationException when another one was kept under its id
   */
  long keep(Notification.Draft draft, Instant now);

  /** The sequence up to which a user has acknowledged; 0 for a new one. */
  long acknowledged(String userId);

  /**
   * Notes that all up to a sequence have arrived. A lower one than before changes nothing.
   *
   * @throws NotificationException when there is no such sequence yet
   */
  void acknowledge(String userId, long sequence);
}
