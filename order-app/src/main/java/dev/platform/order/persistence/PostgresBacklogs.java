package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.Backlog;
import dev.platform.order.domain.Backlogs;
import dev.platform.order.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts what waits, by the time since when it is due; a claim does not hide an entry. */
@Repository
class PostgresBacklogs implements Backlogs {

  private final JdbcClient jdbc;

  PostgresBacklogs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Map<Task, Backlog> measure(Instant now) {
    Map<Task, Backlog> backlogs = new EnumMap<>(Task.class);
    for (Task task : Task.values()) {
      backlogs.put(task, Backlog.NONE);
    }
    jdbc.sql(
            """
            with entry as (
              select 'notification' as task, notification_id as entry_id,
                     coalesce(due_since, due_at) as since
              from outbox where rejected is null
              union all
              select case status when 'CREATED' then 'recovery' else 'fulfilment' end, order_id,
                     coalesce(due_since, due_at)
              from orders where due_at is not null
            ), waiting as (
              select task, count(*) as waiting,
                     max(extract(epoch from :now - greatest(since, requeued_at))) as oldest
              from entry left join failed_work using (task, entry_id)
              where since <= :now and parked_at is null
              group by task
            ), parked as (
              select task, count(*) as parked from parked_work group by task
            )
            select task, coalesce(waiting, 0) as waiting, coalesce(oldest, 0) as oldest,
                   coalesce(parked, 0) as parked
            from waiting full join parked using (task)
            """)
        .param("now", column(now))
        .query(
            row -> {
              backlogs.put(
                  Task.of(row.getString("task")).orElseThrow(),
                  new Backlog(
                      row.getLong("waiting"),
                      Duration.ofMillis((long) (1000 * Math.max(0, row.getDouble("oldest")))),
                      row.getLong("parked")));
            });
    return backlogs;
  }
}
