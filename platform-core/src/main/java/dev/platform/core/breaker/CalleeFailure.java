package dev.platform.core.breaker;

import io.grpc.Status;
import java.util.Objects;

/** What a breaker is told of a call that was judged a failure; never thrown. */
final class CalleeFailure extends Exception {

  private static final long serialVersionUID = 1;

  CalleeFailure(Status status) {
    super(
        Objects.requireNonNullElse(status.getDescription(), status.getCode().name()),
        status.getCause(),
        false,
        false);
  }
}
