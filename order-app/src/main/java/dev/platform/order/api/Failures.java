package dev.platform.order.api;

import dev.platform.order.domain.NotificationException;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.RemoteFailure;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** The one place that chooses the gRPC status of a failure. */
final class Failures {

  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static Status toStatus(RuntimeException e) {
    if (e instanceof OrderException failure) {
      return code(failure.kind()).withDescription(failure.getMessage()).withCause(e);
    }
    if (e instanceof NotificationException failure) {
      return code(failure.kind()).withDescription(failure.getMessage()).withCause(e);
    }
    if (e instanceof RemoteFailure failure) {
      Status status = failure.timedOut() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
      return status.withDescription(failure.getMessage()).withCause(e);
    }
    if (isDatabaseAway(e)) {
      log.warn("the database is not available: {}", e.getMessage());
      return Status.UNAVAILABLE.withDescription("the database is not available").withCause(e);
    }
    log.error("a request failed for a reason that nobody thought of", e);
    return Status.INTERNAL.withDescription("internal error").withCause(e);
  }

  private static Status code(OrderException.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case REFUSED -> Status.FAILED_PRECONDITION;
      case UNKNOWN_ORDER -> Status.NOT_FOUND;
      case KEY_REUSED -> Status.ALREADY_EXISTS;
      case IN_PROGRESS -> Status.ABORTED;
      case UNSETTLED -> Status.UNAVAILABLE;
      case UNSETTLED_IN_TIME -> Status.DEADLINE_EXCEEDED;
    };
  }

  private static Status code(NotificationException.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case ID_REUSED -> Status.ALREADY_EXISTS;
    };
  }

  private static boolean isDatabaseAway(RuntimeException e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException
        || e instanceof RecoverableDataAccessException
        || e instanceof CannotCreateTransactionException;
  }
}
