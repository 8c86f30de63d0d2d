package dev.platform.order.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.Move;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Task;
import io.micrometer.common.KeyValues;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Traces the recording of an order as {@code insert_order_to_db}. */
public final class ObservedOrders implements Orders {

  private static final int HASH_BYTES = 8;

  private final Orders orders;
  private final OrderSteps steps;
  private final boolean withUser;

  /**
   * @param orders the delegate
   * @param steps traces the step
   * @param withUser whether the span has a hash of the user's name
   */
  public ObservedOrders(Orders orders, OrderSteps steps, boolean withUser) {
    this.orders = orders;
    this.steps = steps;
    this.withUser = withUser;
  }

  @Override
  public void record(Order order, OrderRequest request, String message, Instant dueAt) {
    KeyValues which = KeyValues.of("order.item_count", Integer.toString(order.lines().size()));
    if (withUser) {
      which = which.and("order.user_id", hash(order.userId()));
    }
    steps.run("insert_order_to_db", which, () -> orders.record(order, request, message, dueAt));
  }

  /** Finds the orders of one user, without saying who that is. */
  private static String hash(String userId) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(userId.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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
