package dev.platform.payment.api;

import dev.platform.payment.domain.BankFailure;
import dev.platform.payment.domain.Refusal;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** The one place that says which gRPC status a failure becomes. */
final class Failures {

  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static Status toStatus(Throwable failure) {
    if (failure instanceof Refusal refusal) {
      return code(refusal.kind()).withDescription(refusal.getMessage());
    }
    if (failure instanceof BankFailure bank) {
      Status status = bank.timedOut() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
      return status.withDescription(bank.getMessage());
    }
    if (failure instanceof StatusRuntimeException || failure instanceof StatusException) {
      return Status.fromThrowable(failure);
    }
    if (isDatabaseAway(failure)) {
      log.warn("the database is not available: {}", failure.toString());
      return Status.UNAVAILABLE.withDescription("the database is not available");
    }
    log.error("a call failed unexpectedly", failure);
    return Status.INTERNAL.withDescription("internal error");
  }

  private static Status code(Refusal.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case UNKNOWN -> Status.NOT_FOUND;
      case CONFLICT -> Status.ALREADY_EXISTS;
      case NOT_POSSIBLE -> Status.FAILED_PRECONDITION;
      case NOT_NOW -> Status.UNAVAILABLE;
    };
  }

  private static boolean isDatabaseAway(Throwable failure) {
    return failure instanceof DataAccessResourceFailureException
        || failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof CannotCreateTransactionException;
  }
}
