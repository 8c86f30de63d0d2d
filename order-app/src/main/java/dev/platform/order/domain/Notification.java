package dev.platform.order.domain;

import java.time.Instant;

/**
 * A stored notification.
 *
 * @param draft its content
 * @param createdAt when it was stored
 * @param sequence its place among the user's notifications, from 1
 */
public record Notification(Draft draft, Instant createdAt, long sequence) implements Sequenced {

  /**
   * A notification that is not stored yet.
   *
   * @param id chosen by the sender, unique
   * @param userId the recipient
   * @param message its text, human-readable
   * @param orderId the order that it is about; may be empty
   */
  public record Draft(String id, String userId, String message, String orderId) {}
}
