package dev.platform.order.persistence;

import static dev.platform.order.persistence.Timestamps.column;

import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.FailureScope;
import dev.platform.order.domain.RemoteFailure;
import dev.platform.order.domain.RetryPolicy;
import dev.platform.order.domain.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Failures in a table of their own. The statements that end an entry clear its failures: those of
 * {@link PostgresOrders} and {@link PostgresOutbox}.
 */
@Repository
class PostgresFailedWork implements FailedWork {

  private static final Logger log = LoggerFactory.getLogger(PostgresFailedWork.class);

  private static final int MAX_REASON = 500;
  private static final int MOST_DOUBLINGS = 20;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final RetryPolicy policy;

  PostgresFailedWork(JdbcClient jdbc, Clock clock, RetryPolicy policy) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.policy = policy;
  }

  @Override
  public FailureScope scopeOf(RuntimeException failure) {
    return failure instanceof RemoteFailure remote
        ? remote.scope()
        : DatabaseFailures.scopeOf(failure);
  }

  @Override
  public void failed(Task task, String id, RuntimeException failure, Duration retryAfter) {
    log.debug("{} {} failed", task.id(), id, failure);
    Instant now = clock.instant();
    String reason = reason(failure);
    int attempts = count(task, id, reason, now, retryAfter);
    if (attempts >= policy.maxAttempts() && setAside(task, id, now)) {
      warn(task, id, attempts, reason);
    }
  }

  @Override
  public void park(Task task, String id, String reason) {
    Instant now = clock.instant();
    String plain = plain(reason);
    int attempts = count(task, id, plain, now, Duration.ZERO);
    if (setAside(task, id, now)) {
      warn(task, id, attempts, plain);
    }
  }

  private int count(Task task, String id, String reason, Instant now, Duration retryAfter) {
    return jdbc.sql(
            """
            insert into failed_work as failed (task, entry_id, attempts, reason, retry_at)
            values (:task, :id, 1, :reason, :now + make_interval(secs => :pause))
            on conflict (task, entry_id) do update set
              attempts = failed.attempts + 1,
              reason = excluded.reason,
              retry_at = greatest(
                failed.retry_at,
                :now + make_interval(
                  secs => least(:longest, :pause * 2.0 ^ least(failed.attempts, :doublings))))
            returning attempts
            """)
        .param("task", task.id())
        .param("id", id)
        .param("reason", reason)
        .param("now", column(now))
        .param("pause", retryAfter.toMillis() / 1000.0)
        .param("longest", longest(retryAfter).toMillis() / 1000.0)
        .param("doublings", MOST_DOUBLINGS)
        .query(Integer.class)
        .single();
  }

  /** Never shorter than the first one. */
  private Duration longest(Duration retryAfter) {
    return policy.longestPause().compareTo(retryAfter) > 0 ? policy.longestPause() : retryAfter;
  }

  /** False when another instance has done so. */
  private boolean setAside(Task task, String id, Instant now) {
    return jdbc.sql(
                """
                update failed_work set parked_at = :now, retry_at = 'infinity'
                where task = :task and entry_id = :id and parked_at is null
                """)
            .param("task", task.id())
            .param("id", id)
            .param("now", column(now))
            .update()
        == 1;
  }

  private static void warn(Task task, String id, int attempts, String reason) {
    log.warn(
        "{} {} is parked after {} failed attempts, until it is re-queued at the endpoint"
            + " `parked`: {}",
        task.id(),
        id,
        attempts,
        reason);
  }

  /** For a person: what failed, and its first cause. */
  private static String reason(RuntimeException failure) {
    Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
    String what =
        failure instanceof RemoteFailure remote
            ? remote.getMessage()
            : failure.getClass().getSimpleName();
    return plain(what + ": " + (cause.getMessage() == null ? cause : cause.getMessage()));
  }

  /** In one line of bounded length, without the characters that PostgreSQL or a log can't have. */
  private static String plain(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cs}]+", " ").strip();
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "…";
  }
}
