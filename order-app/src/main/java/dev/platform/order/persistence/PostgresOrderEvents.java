package dev.platform.order.persistence;

import static java.util.stream.Collectors.toMap;

import dev.platform.order.domain.OrderEvent;
import dev.platform.order.domain.OrderStatus;
import dev.platform.order.domain.SequencedLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The events of each order. Written under the order's row lock, so they appear in sequence. */
@Repository
class PostgresOrderEvents implements SequencedLog<OrderEvent> {

  private final JdbcClient jdbc;

  PostgresOrderEvents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Map<String, Head> heads(Collection<String> orderIds) {
    return jdbc
        .sql("select order_id, last_sequence, status from orders where order_id = any(:ids)")
        .param("ids", orderIds.toArray(String[]::new))
        .query(
            (row, number) ->
                Map.entry(
                    row.getString("order_id"),
                    new Head(
                        row.getLong("last_sequence"),
                        OrderStatus.valueOf(row.getString("status")).isFinal())))
        .list()
        .stream()
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public List<OrderEvent> after(String orderId, long sequence, int limit) {
    return jdbc.sql(
            """
            select order_id, status, message, happened_at, sequence from order_events
            where order_id = :orderId and sequence > :sequence
            order by sequence limit :limit
            """)
        .param("orderId", orderId)
        .param("sequence", sequence)
        .param("limit", limit)
        .query(
            (row, number) ->
                new OrderEvent(
                    row.getString("order_id"),
                    OrderStatus.valueOf(row.getString("status")),
                    row.getString("message"),
                    Timestamps.instant(row, "happened_at"),
                    row.getLong("sequence")))
        .list();
  }
}
