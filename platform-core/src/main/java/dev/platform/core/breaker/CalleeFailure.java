package dev.platform.core.breaker;

import io.grpc.Status;
import java.util.Objects;

/** The exception that represents a failed call in Resilience4j's breaker. Never thrown. */
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
