package dev.platform.order.persistence;

import dev.platform.order.domain.FailureScope;
import java.sql.SQLException;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;

/** Distinguishes an unavailable database from a row that it refuses. */
final class DatabaseFailures {

  /**
   * The SQL states of a lost connection: connection exception, insufficient resources, operator
   * intervention, system error, a read-only server after a failover, and session timeouts.
   */
  private static final Set<String> UNAVAILABLE =
      Set.of("08", "53", "57", "58", "25006", "25P03", "25P04");

  private DatabaseFailures() {}

  static FailureScope scopeOf(RuntimeException failure) {
    if (failure instanceof DataAccessResourceFailureException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof CannotCreateTransactionException
        || (failure instanceof DataAccessException || failure instanceof TransactionException)
            && isUnavailable(failure)) {
      return FailureScope.ALL;
    }
    // A deadlock, or a lock that another process holds.
    return failure instanceof TransientDataAccessException
        ? FailureScope.UNKNOWN
        : FailureScope.ONE;
  }

  private static boolean isUnavailable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState();
        // Without a state: a pool's report that it has discarded the connection.
        return state == null || UNAVAILABLE.stream().anyMatch(state::startsWith);
      }
    }
    return false;
  }
}
