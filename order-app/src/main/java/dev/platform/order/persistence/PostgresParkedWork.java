package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.ParkedWork;
import dev.platform.order.domain.Task;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** What {@link PostgresFailedWork} has parked, and what earlier versions rejected. */
@Repository
class PostgresParkedWork implements ParkedWork {

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;

  PostgresParkedWork(JdbcClient jdbc, TransactionTemplate transaction, Clock clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
  }

  @Override
  public List<Entry> list(int limit) {
    return jdbc.sql(
            """
            select task, entry_id, attempts, reason, parked_at from parked_work
            order by parked_at, task, entry_id limit :limit
            """)
        .param("limit", limit)
        .query(
            (row, number) ->
                new Entry(
                    Task.of(row.getString("task")).orElseThrow(),
                    row.getString("entry_id"),
                    row.getInt("attempts"),
                    row.getString("reason"),
                    Timestamps.instant(row, "parked_at")))
        .list();
  }

  @Override
  public int requeue(Optional<Task> task, Optional<String> id) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              int failed =
                  selected(
                      """
                      update failed_work
                      set attempts = 0, retry_at = :now, parked_at = null, requeued_at = :now
                      where parked_at is not null
                        and (:task::text is null or task = :task)
                        and (:id::text is null or entry_id = :id)
                      """,
                      task,
                      id);
              int rejected =
                  selected(
                      """
                      update outbox set rejected = null, due_at = :now, due_since = :now
                      where rejected is not null
                        and (:task::text is null or :task = 'notification')
                        and (:id::text is null or notification_id = :id)
                      """,
                      task,
                      id);
              return failed + rejected;
            }));
  }

  private int selected(String sql, Optional<Task> task, Optional<String> id) {
    return jdbc.sql(sql)
        .param("now", column(clock.instant()))
        .param("task", task.map(Task::id).orElse(null))
        .param("id", id.orElse(null))
        .update();
  }
}
