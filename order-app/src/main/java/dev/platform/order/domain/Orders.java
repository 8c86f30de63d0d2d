package dev.platform.order.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The record of all orders. Safe for several instances at once; methods block on the database. */
public interface Orders {

  /**
   * Records a new order with its first event, and marks its request as recorded, all or nothing.
   *
   * @param dueAt when recovery checks the order, unless its status has changed by then
   * @throws OrderException when another attempt has taken over the request's idempotency key
   */
  void record(Order order, OrderRequest request, String message, Instant dueAt);

  /** The order as it is now. */
  Optional<Order> find(String orderId);

  /**
   * Moves an order one step further, with an event and a notification, and frees its idempotency
   * key where the move says so, all or nothing. Empty, and nothing changed, when its status is no
   * longer that of {@link Move#order}. Continues after the caller has cancelled.
   */
  Optional<Order> move(Move move);

  /**
   * Claims up to {@code limit} orders that are due for the task, and makes them due again at {@code
   * retryAt}, so that no other instance works on them meanwhile and a crashed one loses nothing.
   * One that the database refuses to claim is a failure of that entry; parked ones are left out.
   */
  List<DueWork<Order>> claimDue(Task task, Instant now, Instant retryAt, int limit);
}
