package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.Notification;
import dev.platform.order.domain.Outbox;
import dev.platform.order.domain.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The outbox in PostgreSQL; {@link PostgresOrders} writes it. */
@Repository
class PostgresOutbox implements Outbox {

  /** Parameters: now, limit, and only, the one entry to look at; null for any. */
  private static final String DUE =
      """
      select entry.outbox_id, entry.notification_id from outbox entry
      where entry.due_at <= :now
        and entry.rejected is null
        and (:only::text is null or entry.notification_id = :only)
        and not exists (
          select 1 from failed_work failed
          where failed.task = 'notification'
            and failed.entry_id = entry.notification_id
            and failed.retry_at > :now)
        and not exists (
          select 1 from outbox older
          where older.order_id = entry.order_id
            and older.outbox_id < entry.outbox_id
            and older.rejected is null
            and not exists (
              select 1 from failed_work parked
              where parked.task = 'notification'
                and parked.entry_id = older.notification_id
                and parked.parked_at is not null))
      order by entry.due_at
      limit :limit
      """;

  private static final String CLAIM =
      "with due as materialized ("
          + DUE
          + """
          for update of entry skip locked)
          update outbox set due_at = :retryAt
          from due, orders
          where outbox.outbox_id = due.outbox_id and orders.order_id = outbox.order_id
          returning outbox.notification_id, outbox.user_id, message, outbox.order_id, traceparent
          """;

  private final JdbcClient jdbc;
  private final FailedWork failedWork;

  PostgresOutbox(JdbcClient jdbc, FailedWork failedWork) {
    this.jdbc = jdbc;
    this.failedWork = failedWork;
  }

  @Override
  public List<DueWork<Notification.Draft>> claimDue(Instant now, Instant retryAt, int limit) {
    return new OneByOne(Task.NOTIFICATION, failedWork, Duration.between(now, retryAt))
        .claim(
            () -> claim(now, retryAt, limit, null),
            () -> dueIds(now, limit),
            id -> claim(now, retryAt, 1, id));
  }

  @Override
  public void delivered(String notificationId) {
    jdbc.sql(
            """
            with cleared as (
              delete from failed_work where task = 'notification' and entry_id = :notificationId)
            delete from outbox where notification_id = :notificationId
            """)
        .param("notificationId", notificationId)
        .update();
  }

  private List<DueWork<Notification.Draft>> claim(
      Instant now, Instant retryAt, int limit, @Nullable String only) {
    return jdbc.sql(CLAIM)
        .param("now", column(now))
        .param("retryAt", column(retryAt))
        .param("limit", limit)
        .param("only", only)
        .query((row, number) -> due(row))
        .list();
  }

  private List<String> dueIds(Instant now, int limit) {
    return jdbc.sql("select notification_id from (" + DUE + ") as due")
        .param("now", column(now))
        .param("limit", limit)
        .param("only", null)
        .query(String.class)
        .list();
  }

  private static DueWork<Notification.Draft> due(ResultSet row) throws SQLException {
    String id = row.getString("notification_id");
    return new DueWork<>(
        id,
        new Notification.Draft(
            id, row.getString("user_id"), row.getString("message"), row.getString("order_id")),
        Objects.requireNonNullElse(row.getString("traceparent"), ""));
  }
}
