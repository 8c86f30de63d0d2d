package dev.platform.order.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * One legal status change of an order, with its event.
 *
 * @param order the order before the change
 * @param to its status after the change
 * @param message what happened, human-readable
 * @param cancelReason why it is cancelled; empty unless it is
 * @param at when it happens
 * @param dueAt when a job next processes the order; empty after a final status
 * @param freesKey whether the order's idempotency key may be used again
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

  /** Cancelled as if it had never been requested. */
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
