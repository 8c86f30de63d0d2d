package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The simulated carrier: PAID, SHIPPED, COMPLETED, one step after another. Safe in several
 * instances at once; due times are in the database, so a restart loses nothing.
 */
public final class FulfilOrders {

  private final Orders orders;
  private final Clock clock;
  private final Duration step;
  private final DueBatches batches;

  /**
   * @param step the time from one state to the next
   * @param batches those of {@link Task#FULFILMENT}
   */
  public FulfilOrders(Orders orders, Clock clock, Duration step, DueBatches batches) {
    this.orders = orders;
    this.clock = clock;
    this.step = step;
    this.batches = batches;
  }

  /** Moves some due orders one step further, as {@link DueBatches#next}. */
  public boolean next() {
    return batches.next(
        (now, retryAt, limit) -> orders.claimDue(Task.FULFILMENT, now, retryAt, limit),
        (DueWork<Order> claimed) -> orders.move(stepOf(claimed.work(), clock.instant())));
  }

  private Move stepOf(Order order, Instant now) {
    return order.status() == OrderStatus.PAID
        ? Move.to(order, OrderStatus.SHIPPED, "Handed to the carrier", now, now.plus(step))
        : Move.toTheEnd(order, OrderStatus.COMPLETED, "Delivered", now);
  }
}
