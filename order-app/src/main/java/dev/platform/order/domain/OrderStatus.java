package dev.platform.order.domain;

import java.util.Set;

/** An order's status, and the statuses that may follow it. */
public enum OrderStatus {
  /** Recorded, stock reserved, not yet paid. */
  CREATED,
  /** Paid, and its stock confirmed. */
  PAID,
  /** Handed to the carrier. */
  SHIPPED,
  /** Delivered. */
  COMPLETED,
  /** Cancelled; stock released, money refunded if any was taken. */
  CANCELLED;

  /** The statuses that may follow this one; none after a final one. */
  public Set<OrderStatus> next() {
    return switch (this) {
      case CREATED -> Set.of(PAID, CANCELLED);
      case PAID -> Set.of(SHIPPED);
      case SHIPPED -> Set.of(COMPLETED);
      case COMPLETED, CANCELLED -> Set.of();
    };
  }

  /** True when nothing can follow. */
  public boolean isFinal() {
    return next().isEmpty();
  }

  /**
   * Returns {@code to}; throws {@link IllegalStateException} when it may not follow this status.
   */
  OrderStatus moveTo(OrderStatus to) {
    if (!next().contains(to)) {
      throw new IllegalStateException(
          "an order can't go from " + this + " to " + to + " (expected: one of " + next() + ")");
    }
    return to;
  }
}
