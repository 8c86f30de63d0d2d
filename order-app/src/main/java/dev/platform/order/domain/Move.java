package dev.platform.order.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * One legal step of an order, and what is told about it.
 *
 * @param order the order as it stands before
 * @param to its status afterwards
 * @param message what happened, for people to read
 * @param cancelReason why it is cancelled; empty unless it is
 * @param at when it happens
 * @param dueAt when a job looks at it next; empty after a final step
 * @param freesKey whether the idempotency key that it was placed with may be used again
 */
public record Move(
    Order order,
    OrderStatus to,
    String message,
    String cancelReason,
    Instant at,
    Optional<Instant> dueAt,
    boolean freesKey) {

  public Move {
    order.status().moveTo(to);
    if (to.isFinal() == dueAt.isPresent()) {
      throw new IllegalArgumentException(
          "dueAt: " + dueAt + " (expected: one unless " + to + " is final)");
    }
  }

  static Move to(Order order, OrderStatus to, String message, Instant at, Instant dueAt) {
    return new Move(order, to, message, "", at, Optional.of(dueAt), false);
  }

  static Move toTheEnd(Order order, OrderStatus to, String message, Instant at) {
    return new Move(order, to, message, "", at, Optional.empty(), false);
  }

  static Move toCancelled(Order order, String reason, Instant at) {
    return cancelled(order, reason, at, false);
  }

  /** Cancelled as if it had never been asked for. */
  static Move toUndone(Order order, String reason, Instant at) {
    return cancelled(order, reason, at, true);
  }

  private static Move cancelled(Order order, String reason, Instant at, boolean freesKey) {
    return new Move(
        order,
        OrderStatus.CANCELLED,
        "Cancelled: " + reason,
        reason,
        at,
        Optional.empty(),
        freesKey);
  }
}
