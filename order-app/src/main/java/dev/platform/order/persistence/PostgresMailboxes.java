package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;
import static java.util.stream.Collectors.toMap;

import dev.platform.order.domain.Mailboxes;
import dev.platform.order.domain.Notification;
import dev.platform.order.domain.NotificationException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Users' notifications in PostgreSQL; the mailbox's row lock orders each user's notifications. */
@Repository
class PostgresMailboxes implements Mailboxes {

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  PostgresMailboxes(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  @Override
  public long keep(Notification.Draft draft, Instant now) {
    try {
      return Objects.requireNonNull(transaction.execute(status -> keepLocked(draft, now)));
    } catch (DuplicateKeyException e) {
      // Two users at once with one id: they hold different locks, the primary key decides.
      throw NotificationException.idReused(draft.id());
    }
  }

  @Override
  public long acknowledged(String userId) {
    return jdbc.sql("select acknowledged_sequence from mailboxes where user_id = :userId")
        .param("userId", userId)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  @Override
  public void acknowledge(String userId, long sequence) {
    int known =
        jdbc.sql(
                """
                update mailboxes
                set acknowledged_sequence = greatest(acknowledged_sequence, :sequence)
                where user_id = :userId and last_sequence >= :sequence
                """)
            .param("userId", userId)
            .param("sequence", sequence)
            .update();
    if (known == 0 && sequence != 0) {
      throw NotificationException.invalid(
          "acknowledged_sequence has not been sent yet: " + sequence);
    }
  }

  @Override
  public Map<String, Head> heads(Collection<String> userIds) {
    return jdbc
        .sql("select user_id, last_sequence from mailboxes where user_id = any(:ids)")
        .param("ids", userIds.toArray(String[]::new))
        .query(
            (row, number) ->
                Map.entry(row.getString("user_id"), new Head(row.getLong("last_sequence"), false)))
        .list()
        .stream()
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public List<Notification> after(String userId, long sequence, int limit) {
    return jdbc.sql(
            """
            select notification_id, user_id, message, order_id, created_at, sequence
            from notifications where user_id = :userId and sequence > :sequence
            order by sequence limit :limit
            """)
        .param("userId", userId)
        .param("sequence", sequence)
        .param("limit", limit)
        .query((row, number) -> notification(row))
        .list();
  }

  private long keepLocked(Notification.Draft draft, Instant now) {
    long sequence = lockMailbox(draft.userId()) + 1;
    Optional<Notification> kept = find(draft.id());
    if (kept.isPresent()) {
      if (!kept.get().draft().equals(draft)) {
        throw NotificationException.idReused(draft.id());
      }
      return kept.get().sequence();
    }
    insert(draft, now, sequence);
    return sequence;
  }

  private long lockMailbox(String userId) {
    return jdbc.sql(
            """
            insert into mailboxes (user_id) values (:userId)
            on conflict (user_id) do update set user_id = excluded.user_id
            returning last_sequence
            """)
        .param("userId", userId)
        .query(Long.class)
        .single();
  }

  private Optional<Notification> find(String notificationId) {
    return jdbc.sql(
            """
            select notification_id, user_id, message, order_id, created_at, sequence
            from notifications where notification_id = :notificationId
            """)
        .param("notificationId", notificationId)
        .query((row, number) -> notification(row))
        .optional();
  }

  private void insert(Notification.Draft draft, Instant now, long sequence) {
    jdbc.sql(
            """
            insert into notifications
              (notification_id, user_id, message, order_id, created_at, sequence)
            values (:notificationId, :userId, :message, :orderId, :createdAt, :sequence)
            """)
        .param("notificationId", draft.id())
        .param("userId", draft.userId())
        .param("message", draft.message())
        .param("orderId", draft.orderId())
        .param("createdAt", column(now))
        .param("sequence", sequence)
        .update();
    jdbc.sql("update mailboxes set last_sequence = :sequence where user_id = :userId")
        .param("userId", draft.userId())
        .param("sequence", sequence)
        .update();
  }

  private static Notification notification(ResultSet row) throws SQLException {
    return new Notification(
        new Notification.Draft(
            row.getString("notification_id"),
            row.getString("user_id"),
            row.getString("message"),
            row.getString("order_id")),
        Timestamps.instant(row, "created_at"),
        row.getLong("sequence"));
  }
}
