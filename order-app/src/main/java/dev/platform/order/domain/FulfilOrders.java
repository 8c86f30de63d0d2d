package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The simulated carrier: PAID, SHIPPED, COMPLETED, one step after another. Safe in several
 * instances at once; due times are in the database, so a restart loses nothing.
 */
public final class FulfilOrders {

  private static final int BATCH = 50;

  private final Orders orders;
  private final Clock clock;
  private final Duration step;

  /**
   * @param step the time from one state to the next
   */
  public FulfilOrders(Orders orders, Clock clock, Duration step) {
    this.orders = orders;
    this.clock = clock;
    this.step = step;
  }

  /** Moves some due orders one step further; false when there was none. Blocks. */
  public boolean next() {
    Instant now = clock.instant();
    List<DueWork<Order>> due =
        orders.claimDue(Set.of(OrderStatus.PAID, OrderStatus.SHIPPED), now, now.plus(step), BATCH);
    due.forEach(claimed -> orders.move(stepOf(claimed.work(), now)));
    return !due.isEmpty();
  }

  private Move stepOf(Order order, Instant now) {
    return order.status() == OrderStatus.PAID
        ? Move.to(order, OrderStatus.SHIPPED, "Handed to the carrier", now, now.plus(step))
        : Move.toTheEnd(order, OrderStatus.COMPLETED, "Delivered", now);
  }
}
