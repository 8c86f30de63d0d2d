package dev.platform.spring.failure;

import dev.platform.core.failure.GrpcExceptionMapper;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Status;
import io.grpc.StatusException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * An unavailable database is UNAVAILABLE: the same call may succeed later. A failure after the end
 * of the call gets the call's own status.
 */
final class DatabaseExceptionMapper implements GrpcExceptionMapper {

  private static final Logger log = LoggerFactory.getLogger(DatabaseExceptionMapper.class);

  /**
   * The SQL states of a lost connection: connection exception, operator intervention, and
   * PostgreSQL's session timeouts after a process was frozen within a transaction.
   */
  private static final Set<String> CONNECTION_LOST = Set.of("08", "57", "25P03", "25P04");

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (!isUnavailable(failure)) {
      return null;
    }
    Context context = Context.current();
    if (context.isCancelled()) {
      return Contexts.statusFromCancelled(context).asException();
    }
    log.warn("The database is not available: {}", failure.toString());
    return Status.UNAVAILABLE
        .withDescription("the database is not available")
        .withCause(failure)
        .asException();
  }

  private static boolean isUnavailable(Throwable failure) {
    return failure instanceof DataAccessResourceFailureException
        || failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof CannotCreateTransactionException
        || (failure instanceof TransactionSystemException
                || failure instanceof UncategorizedDataAccessException)
            && hasLostConnection(failure);
  }

  private static boolean hasLostConnection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState();
        // Without a state: a pool's report that it has discarded the connection.
        return state == null || CONNECTION_LOST.stream().anyMatch(state::startsWith);
      }
    }
    return false;
  }
}
