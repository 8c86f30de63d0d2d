package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The record of all orders. Safe for several instances at once; methods block on the database. */
public interface Orders {

  /**
   * Records a new order with its first event, and marks its request as recorded, all or nothing.
   *
   * @param dueAt when recovery looks at it unless it has moved by then
   * @throws OrderException when another attempt has taken over the request's idempotency key
   */
  void record(Order order, OrderRequest request, String message, Instant dueAt);

  /** The order as it is now. */
  Optional<Order> find(String orderId);

  /**
   * Takes an order one step further, with an event and a notification, and frees its idempotency
   * key where the move says so, all or nothing. Empty, and nothing changed, when it no longer
   * stands where {@link Move#order} says. Works on when the caller has given up.
   */
  Optional<Order> move(Move move);

  /**
   * Takes up to {@code limit} orders in these states that are due, and makes them due again at
   * {@code retryAt}, so that no other instance works on them meanwhile and a killed one loses
   * nothing.
   */
  List<Due<Order>> claimDue(Set<OrderStatus> states, Instant now, Instant retryAt, int limit);
}
