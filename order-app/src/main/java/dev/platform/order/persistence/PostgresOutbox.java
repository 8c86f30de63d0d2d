package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.Notification;
import dev.platform.order.domain.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The outbox in PostgreSQL; {@link PostgresOrders} writes it. */
@Repository
class PostgresOutbox implements Outbox {

  private static final Logger log = LoggerFactory.getLogger(PostgresOutbox.class);

  private final JdbcClient jdbc;

  PostgresOutbox(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<DueWork<Notification.Draft>> claimDue(Instant now, Instant retryAt, int limit) {
    return jdbc.sql(
            """
            update outbox set due_at = :retryAt
            from orders
            where orders.order_id = outbox.order_id and outbox_id in (
              select outbox_id from outbox entry
              where due_at <= :now
                and rejected is null
                and not exists (
                  select 1 from outbox older
                  where older.order_id = entry.order_id
                    and older.outbox_id < entry.outbox_id
                    and older.rejected is null)
              order by due_at
              limit :limit
              for update skip locked)
            returning notification_id, outbox.user_id, message, outbox.order_id, traceparent
            """)
        .param("now", column(now))
        .param("retryAt", column(retryAt))
        .param("limit", limit)
        .query(
            (row, number) ->
                new DueWork<>(
                    new Notification.Draft(
                        row.getString("notification_id"),
                        row.getString("user_id"),
                        row.getString("message"),
                        row.getString("order_id")),
                    Objects.requireNonNullElse(row.getString("traceparent"), "")))
        .list();
  }

  @Override
  public void delivered(String notificationId) {
    jdbc.sql("delete from outbox where notification_id = :notificationId")
        .param("notificationId", notificationId)
        .update();
  }

  @Override
  public void rejected(String notificationId, String reason) {
    log.warn("notification {} was rejected, will not be retried: {}", notificationId, reason);
    jdbc.sql("update outbox set rejected = :reason where notification_id = :notificationId")
        .param("reason", reason)
        .param("notificationId", notificationId)
        .update();
  }
}
