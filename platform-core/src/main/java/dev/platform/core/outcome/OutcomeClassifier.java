package dev.platform.core.outcome;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.IOException;

/**
 * The one judge of how calls ended. Circuit breakers, the ejection of instances, spans, metrics and
 * the log all ask it, for each call that ends, with OK too. Retries are no judgement: they go by
 * the codes that say that nothing was executed. A bean of this type replaces {@link #standard()}.
 * Thread-safe; must not block.
 */
@FunctionalInterface
public interface OutcomeClassifier {

  /**
   * @param trailers what the callee sent along, empty where the call ended in this process
   */
  CallOutcome classify(Status status, Metadata trailers);

  /**
   * INTERNAL, UNAVAILABLE and DEADLINE_EXCEEDED are failures. A cancelled call and one that the
   * platform refused, here or further on ({@link Rejection}), say nothing. All else is an answer,
   * but for UNKNOWN that an I/O error here caused: so gRPC reports a connection that closes while a
   * call is put on it.
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
