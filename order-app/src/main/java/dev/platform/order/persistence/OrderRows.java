package dev.platform.order.persistence;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.platform.order.domain.Money;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderLine;
import dev.platform.order.domain.OrderStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads orders with their items: two queries, however many orders. */
final class OrderRows {

  private record Item(String orderId, OrderLine line) {}

  private final JdbcClient jdbc;

  OrderRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<Order> read(List<String> orderIds) {
    if (orderIds.isEmpty()) {
      return List.of();
    }
    String[] ids = orderIds.toArray(String[]::new);
    Map<String, List<OrderLine>> lines = lines(ids);
    return jdbc.sql(
            """
            select order_id, user_id, status, total_minor, currency, price_age_millis,
                   cancel_reason, created_at, last_sequence
            from orders where order_id = any(:ids)
            """)
        .param("ids", ids)
        .query((row, number) -> order(row, lines))
        .list();
  }

  private Map<String, List<OrderLine>> lines(String[] ids) {
    return jdbc
        .sql(
            """
            select order_id, product_id, quantity, unit_minor, currency
            from order_items join orders using (order_id)
            where order_id = any(:ids)
            order by order_id, line
            """)
        .param("ids", ids)
        .query((row, number) -> item(row))
        .list()
        .stream()
        .collect(groupingBy(Item::orderId, mapping(Item::line, toList())));
  }

  private static Item item(ResultSet row) throws SQLException {
    return new Item(
        row.getString("order_id"),
        new OrderLine(
            row.getString("product_id"),
            row.getInt("quantity"),
            new Money(row.getLong("unit_minor"), row.getString("currency"))));
  }

  private static Order order(ResultSet row, Map<String, List<OrderLine>> lines)
      throws SQLException {
    String id = row.getString("order_id");
    return new Order(
        id,
        row.getString("user_id"),
        lines.getOrDefault(id, List.of()),
        new Money(row.getLong("total_minor"), row.getString("currency")),
        Duration.ofMillis(row.getLong("price_age_millis")),
        OrderStatus.valueOf(row.getString("status")),
        row.getString("cancel_reason"),
        Timestamps.instant(row, "created_at"),
        row.getLong("last_sequence"));
  }
}
