package dev.platform.order.edge;

import io.grpc.Status;
import org.springframework.http.HttpStatusCode;

/**
 * The HTTP status of a gRPC code: {@code google.rpc.Code}'s canonical mapping except for
 * FAILED_PRECONDITION. That is 422 here instead of 400, so that a client can distinguish an invalid
 * request from a valid one that can't be fulfilled: too little stock, a declined payment.
 */
final class HttpStatuses {

  private HttpStatuses() {}

  static HttpStatusCode of(Status.Code code) {
    return HttpStatusCode.valueOf(
        switch (code) {
          case OK -> 200;
          case INVALID_ARGUMENT, OUT_OF_RANGE -> 400;
          case UNAUTHENTICATED -> 401;
          case PERMISSION_DENIED -> 403;
          case NOT_FOUND -> 404;
          case ALREADY_EXISTS, ABORTED -> 409;
          case FAILED_PRECONDITION -> 422;
          case RESOURCE_EXHAUSTED -> 429;
          case CANCELLED -> 499;
          case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
          case UNIMPLEMENTED -> 501;
          case UNAVAILABLE -> 503;
          case DEADLINE_EXCEEDED -> 504;
        });
  }

  /** Whether the status describes internals that clients must not see. */
  static boolean isInternal(Status.Code code) {
    return switch (code) {
      case UNKNOWN, INTERNAL, DATA_LOSS -> true;
      default -> false;
    };
  }
}
