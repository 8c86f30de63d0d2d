package dev.platform.order.trace;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.Move;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Task;
import io.micrometer.common.KeyValues;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Traces the recording of an order as {@code insert_order_to_db}. */
public final class ObservedOrders implements Orders {

  private final Orders orders;
  private final OrderSteps steps;

  /**
   * @param orders the delegate
   * @param steps traces the step
   */
  public ObservedOrders(Orders orders, OrderSteps steps) {
    this.orders = orders;
    this.steps = steps;
  }

  @Override
  public void record(Order order, OrderRequest request, String message, Instant dueAt) {
    KeyValues which =
        KeyValues.of(
            "order.user_id",
            order.userId(),
            "order.item_count",
            Integer.toString(order.lines().size()));
    steps.run("insert_order_to_db", which, () -> orders.record(order, request, message, dueAt));
  }

  @Override
  public Optional<Order> find(String orderId) {
    return orders.find(orderId);
  }

  @Override
  public Optional<Order> move(Move move) {
    return orders.move(move);
  }

  @Override
  public List<DueWork<Order>> claimDue(Task task, Instant now, Instant retryAt, int limit) {
    return orders.claimDue(task, now, retryAt, limit);
  }
}
