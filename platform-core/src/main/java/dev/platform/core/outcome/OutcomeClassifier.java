package dev.platform.core.outcome;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.IOException;

/**
 * Classifies how calls ended. Circuit breakers, outlier ejection, spans, metrics and the log all
 * use it, for each call that ends, with OK too. Retries do not: they depend on the codes that say
 * that nothing was executed. A bean of this type replaces {@link #standard()}. Thread-safe; must
 * not block.
 */
@FunctionalInterface
public interface OutcomeClassifier {

  /**
   * @param trailers the callee's trailers, empty where the call ended in this process
   */
  CallOutcome classify(Status status, Metadata trailers);

  /**
   * INTERNAL, UNAVAILABLE and DEADLINE_EXCEEDED are failures. A cancelled call and one that the
   * platform refused, here or downstream ({@link Rejection}), are neutral. All else is a success,
   * except UNKNOWN with an I/O error of this process as its cause: gRPC's status when a connection
   * closes while a call is being sent.
   */
  static OutcomeClassifier standard() {
    return (status, trailers) -> {
      if (status.isOk()) {
        return CallOutcome.SUCCESS;
      }
      if (status.getCode() == Code.CANCELLED || Rejection.of(trailers).isPresent()) {
        return CallOutcome.IGNORED;
      }
      return switch (status.getCode()) {
        case INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED -> CallOutcome.FAILURE;
        case UNKNOWN ->
            status.getCause() instanceof IOException ? CallOutcome.FAILURE : CallOutcome.SUCCESS;
        default -> CallOutcome.SUCCESS;
      };
    };
  }
}
