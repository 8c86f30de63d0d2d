package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.core.deadline.DetachedWork;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.OrderRequests;
import dev.platform.order.domain.Suggestions;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Idempotency keys in PostgreSQL; their primary key lets one of several requests win. */
@Repository
class PostgresOrderRequests implements OrderRequests {

  private final JdbcClient jdbc;

  PostgresOrderRequests(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Claim> claim(OrderRequest request, String orderId, Instant now) {
    // An earlier claim may be released between the two statements: then the key is free again.
    while (true) {
      if (insert(request, orderId, now)) {
        return Optional.empty();
      }
      Optional<Claim> earlier = find(request);
      if (earlier.isPresent()) {
        return earlier;
      }
    }
  }

  @Override
  public boolean takeOver(Claim claim, String orderId, Instant now) {
    return jdbc.sql(
                """
                update order_requests set order_id = :orderId, claimed_at = :now
                where order_id = :earlierId and not recorded
                """)
            .param("orderId", orderId)
            .param("now", column(now))
            .param("earlierId", claim.orderId())
            .update()
        == 1;
  }

  @Override
  public void abandon(String orderId) {
    DetachedWork.run(
        () ->
            jdbc.sql("delete from order_requests where order_id = :orderId and not recorded")
                .param("orderId", orderId)
                .update());
  }

  @Override
  public void remember(String orderId, Suggestions suggestions) {
    // The first answer stays.
    jdbc.sql(
            """
            update order_requests set recommended = :recommended, degraded = :degraded
            where order_id = :orderId and recommended is null
            """)
        .param("orderId", orderId)
        .param("recommended", suggestions.recommendedProductIds().toArray(String[]::new))
        .param("degraded", suggestions.degradedFeatures().toArray(String[]::new))
        .update();
  }

  private boolean insert(OrderRequest request, String orderId, Instant now) {
    return jdbc.sql(
                """
                insert into order_requests
                  (user_id, idempotency_key, fingerprint, order_id, claimed_at)
                values (:userId, :key, :fingerprint, :orderId, :now)
                on conflict (user_id, idempotency_key) do nothing
                """)
            .param("userId", request.userId())
            .param("key", request.idempotencyKey())
            .param("fingerprint", request.fingerprint())
            .param("orderId", orderId)
            .param("now", column(now))
            .update()
        == 1;
  }

  private Optional<Claim> find(OrderRequest request) {
    return jdbc.sql(
            """
            select fingerprint, order_id, claimed_at, recommended, degraded
            from order_requests where user_id = :userId and idempotency_key = :key
            """)
        .param("userId", request.userId())
        .param("key", request.idempotencyKey())
        .query((row, number) -> claim(row))
        .optional();
  }

  private static Claim claim(ResultSet row) throws SQLException {
    return new Claim(
        row.getString("fingerprint"),
        row.getString("order_id"),
        Timestamps.instant(row, "claimed_at"),
        suggestions(row));
  }

  private static Optional<Suggestions> suggestions(ResultSet row) throws SQLException {
    Array recommended = row.getArray("recommended");
    if (recommended == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Suggestions(
            List.of((String[]) recommended.getArray()),
            List.of((String[]) row.getArray("degraded").getArray())));
  }
}
