package dev.platform.order.client;

import dev.platform.order.domain.FailureScope;
import dev.platform.order.domain.RemoteFailure;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps a failed call to the domain, unless its status has a meaning of its own there. */
final class CallFailures {

  private static final Logger log = LoggerFactory.getLogger(CallFailures.class);

  private CallFailures() {}

  static RemoteFailure of(String service, StatusRuntimeException e) {
    Status status = e.getStatus();
    log.debug("{} failed: {}", service, status);
    FailureScope scope = scopeOf(status.getCode());
    if (scope != FailureScope.UNKNOWN) {
      return RemoteFailure.answered(service, scope, e);
    }
    boolean asked = !(status.getCause() instanceof CallNotPermittedException);
    return new RemoteFailure(service, status.getCode() == Status.Code.DEADLINE_EXCEEDED, asked, e);
  }

  /** The status' description, which our services write for callers; its code if there is none. */
  static String reason(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    return description == null ? e.getStatus().getCode().name() : description;
  }

  /** A service that is busy, or configured wrongly, refuses all requests. */
  private static FailureScope scopeOf(Status.Code code) {
    return switch (code) {
      case RESOURCE_EXHAUSTED, UNIMPLEMENTED, PERMISSION_DENIED, UNAUTHENTICATED ->
          FailureScope.ALL;
      case OK, CANCELLED, UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> FailureScope.UNKNOWN;
      case UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          INTERNAL,
          DATA_LOSS ->
          FailureScope.ONE;
    };
  }
}
