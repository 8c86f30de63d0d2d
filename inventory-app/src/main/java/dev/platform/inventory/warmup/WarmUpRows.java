package dev.platform.inventory.warmup;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A product with stock, and a reservation of it, that exist in transactions that are rolled back.
 * Nobody else uses these rows, so nobody waits for their locks.
 */
final class WarmUpRows {

  private final JdbcClient jdbc;
  private final String id = "warm-up-" + UUID.randomUUID();

  WarmUpRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The id of the product and of the reservation. */
  String id() {
    return id;
  }

  /** Inserts them. */
  void insert() {
    jdbc.sql(
            """
            insert into product (id, name, description, price_minor_units, currency)
            values (:id, 'warm-up', '', 1, 'EUR')
            """)
        .param("id", id)
        .update();
    jdbc.sql("insert into stock (product_id, available, reserved) values (:id, 10, 1)")
        .param("id", id)
        .update();
    jdbc.sql(
            """
            insert into reservation (id, status, expires_at)
            values (:id, 'HELD', now() + interval '1 hour')
            """)
        .param("id", id)
        .update();
    jdbc.sql(
            """
            insert into reservation_line (reservation_id, product_id, quantity)
            values (:id, :id, 1)
            """)
        .param("id", id)
        .update();
  }
}
