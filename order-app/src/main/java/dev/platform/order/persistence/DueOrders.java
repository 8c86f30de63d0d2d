package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Claims orders that are due for a job. */
final class DueOrders {

  /** Parameters: now, states, task, limit, and only, the one order to look at; null for any. */
  private static final String DUE =
      """
      select order_id from orders
      where due_at <= :now
        and status = any(:states)
        and (:only::text is null or order_id = :only)
        and not exists (
          select 1 from failed_work failed
          where failed.task = :task
            and failed.entry_id = orders.order_id
            and failed.retry_at > :now)
      order by due_at
      limit :limit
      """;

  private static final String CLAIM =
      "with due as materialized ("
          + DUE
          + """
          for update of orders skip locked)
          update orders set due_at = :retryAt
          from due
          where orders.order_id = due.order_id
          returning orders.order_id, coalesce(traceparent, '') as origin
          """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final OrderRows rows;
  private final FailedWork failedWork;

  DueOrders(
      JdbcClient jdbc, TransactionTemplate transaction, OrderRows rows, FailedWork failedWork) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.rows = rows;
    this.failedWork = failedWork;
  }

  List<DueWork<Order>> claim(Task task, Instant now, Instant retryAt, int limit) {
    return new OneByOne(task, failedWork, Duration.between(now, retryAt))
        .claim(
            () -> claim(task, now, retryAt, limit, null),
            () -> ids(task, now, limit),
            id -> claim(task, now, retryAt, 1, id));
  }

  /** The rows stay locked until they are read, so only due orders are claimed. */
  private List<DueWork<Order>> claim(
      Task task, Instant now, Instant retryAt, int limit, @Nullable String only) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              Map<String, String> origins = new LinkedHashMap<>();
              due(CLAIM, task, now, limit, only)
                  .param("retryAt", column(retryAt))
                  .query(
                      row -> {
                        origins.put(row.getString("order_id"), row.getString("origin"));
                      });
              return read(origins);
            }));
  }

  private List<DueWork<Order>> read(Map<String, String> origins) {
    return rows.read(List.copyOf(origins.keySet())).stream()
        .map(order -> new DueWork<>(order.id(), order, origins.getOrDefault(order.id(), "")))
        .toList();
  }

  private List<String> ids(Task task, Instant now, int limit) {
    return due(DUE, task, now, limit, null).query(String.class).list();
  }

  private JdbcClient.StatementSpec due(
      String sql, Task task, Instant now, int limit, @Nullable String only) {
    return jdbc.sql(sql)
        .param("now", column(now))
        .param("states", task.states().stream().map(Enum::name).toArray(String[]::new))
        .param("task", task.id())
        .param("limit", limit)
        .param("only", only);
  }
}
