package dev.platform.starter.failure;

import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** A database that does not answer, or not now, is UNAVAILABLE: the same call may work later. */
final class DatabaseExceptionMapper implements GrpcExceptionMapper {

  private static final Logger log = LoggerFactory.getLogger(DatabaseExceptionMapper.class);

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (!isAway(failure)) {
      return null;
    }
    log.warn("The database is not available: {}", failure.toString());
    return Status.UNAVAILABLE
        .withDescription("the database is not available")
        .withCause(failure)
        .asException();
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof DataAccessResourceFailureException
        || failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof CannotCreateTransactionException;
  }
}
