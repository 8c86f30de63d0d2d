package dev.platform.order.domain;

import java.time.Instant;

/**
 * Something that a user was told.
 *
 * @param draft what was told
 * @param createdAt when it was kept
 * @param sequence its place among the user's notifications, from 1
 */
public record Notification(Draft draft, Instant createdAt, long sequence) implements Sequenced {

  /**
   * What to tell.
   *
   * @param id chosen by the sender, unique
   * @param userId whom to tell
   * @param message what it is about, for people to read
   * @param orderId the order that it is about; may be empty
   */
  public record Draft(String id, String userId, String message, String orderId) {}
}
