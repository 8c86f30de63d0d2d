package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.core.deadline.DetachedWork;
import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.Move;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.OrderLine;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.OrderStatus;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Task;
import dev.platform.order.trace.OrderOrigins;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders, their items, events and outbox entries in PostgreSQL. */
@Repository
class PostgresOrders implements Orders {

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final OrderRows rows;
  private final OrderOrigins origins;
  private final DueOrders dueOrders;

  PostgresOrders(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      OrderOrigins origins,
      FailedWork failedWork) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.rows = new OrderRows(jdbc);
    this.origins = origins;
    this.dueOrders = new DueOrders(jdbc, transaction, rows, failedWork);
  }

  @Override
  public void record(Order order, OrderRequest request, String message, Instant dueAt) {
    transaction.executeWithoutResult(
        status -> {
          markRecorded(order, request);
          insertOrder(order, dueAt);
          insertItems(order);
          insertEvent(order.id(), order.lastSequence(), order.status(), message, order.createdAt());
        });
  }

  @Override
  public Optional<Order> find(String orderId) {
    return rows.read(List.of(orderId)).stream().findFirst();
  }

  @Override
  public Optional<Order> move(Move move) {
    return DetachedWork.get(
        () -> Optional.ofNullable(transaction.execute(status -> moveOrNull(move))));
  }

  @Override
  public List<DueWork<Order>> claimDue(Task task, Instant now, Instant retryAt, int limit) {
    return dueOrders.claim(task, now, retryAt, limit);
  }

  private void markRecorded(Order order, OrderRequest request) {
    if (request.idempotencyKey().isEmpty()) {
      return;
    }
    int marked =
        jdbc.sql("update order_requests set recorded = true where order_id = :orderId")
            .param("orderId", order.id())
            .update();
    if (marked == 0) {
      throw OrderException.inProgress(request.idempotencyKey());
    }
  }

  private void insertOrder(Order order, Instant dueAt) {
    jdbc.sql(
            """
            insert into orders
              (order_id, user_id, status, total_minor, currency, price_age_millis, last_sequence,
               created_at, due_at, due_since, traceparent)
            values
              (:orderId, :userId, :status, :total, :currency, :priceAge, :sequence, :createdAt,
               :dueAt, :dueAt, :origin)
            """)
        .param("orderId", order.id())
        .param("userId", order.userId())
        .param("status", order.status().name())
        .param("total", order.total().minorUnits())
        .param("currency", order.total().currency())
        .param("priceAge", order.priceAge().toMillis())
        .param("sequence", order.lastSequence())
        .param("createdAt", column(order.createdAt()))
        .param("dueAt", column(dueAt))
        .param("origin", origins.current())
        .update();
  }

  private void insertItems(Order order) {
    List<OrderLine> lines = order.lines();
    jdbc.sql(
            """
            insert into order_items (order_id, line, product_id, quantity, unit_minor)
            select :orderId, line - 1, product_id, quantity, unit_minor
            from unnest(:products, :quantities, :prices) with ordinality
              as item (product_id, quantity, unit_minor, line)
            """)
        .param("orderId", order.id())
        .param("products", lines.stream().map(OrderLine::productId).toArray(String[]::new))
        .param("quantities", lines.stream().mapToInt(OrderLine::quantity).toArray())
        .param("prices", lines.stream().mapToLong(line -> line.unitPrice().minorUnits()).toArray())
        .update();
  }

  private @Nullable Order moveOrNull(Move move) {
    Order from = move.order();
    return jdbc.sql(
            """
            with cleared as (
              delete from failed_work
              where entry_id = :orderId and task in ('recovery', 'fulfilment'))
            update orders
            set status = :to, last_sequence = last_sequence + 1, due_at = :dueAt,
                due_since = :dueAt, cancel_reason = :cancelReason
            where order_id = :orderId and status = :from
            returning last_sequence
            """)
        .param("orderId", from.id())
        .param("from", from.status().name())
        .param("to", move.to().name())
        .param("dueAt", move.dueAt().map(Timestamps::column).orElse(null))
        .param("cancelReason", move.cancelReason())
        .query(Long.class)
        .optional()
        .map(sequence -> recordEvent(move, sequence))
        .orElse(null);
  }

  private Order recordEvent(Move move, long sequence) {
    Order from = move.order();
    if (move.freesKey()) {
      jdbc.sql("delete from order_requests where order_id = :orderId")
          .param("orderId", from.id())
          .update();
    }
    insertEvent(from.id(), sequence, move.to(), move.message(), move.at());
    jdbc.sql(
            """
            insert into outbox (notification_id, order_id, user_id, message, due_at, due_since)
            values (:notificationId, :orderId, :userId, :message, :dueAt, :dueAt)
            """)
        .param("notificationId", from.id() + ":" + sequence)
        .param("orderId", from.id())
        .param("userId", from.userId())
        .param("message", move.message())
        .param("dueAt", column(move.at()))
        .update();
    return new Order(
        from.id(),
        from.userId(),
        from.lines(),
        from.total(),
        from.priceAge(),
        move.to(),
        move.cancelReason(),
        from.createdAt(),
        sequence);
  }

  private void insertEvent(
      String orderId, long sequence, OrderStatus status, String message, Instant at) {
    jdbc.sql(
            """
            insert into order_events (order_id, sequence, status, message, happened_at)
            values (:orderId, :sequence, :status, :message, :at)
            """)
        .param("orderId", orderId)
        .param("sequence", sequence)
        .param("status", status.name())
        .param("message", message)
        .param("at", column(at))
        .update();
  }
}
