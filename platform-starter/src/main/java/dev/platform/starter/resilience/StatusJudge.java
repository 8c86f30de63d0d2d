package dev.platform.starter.resilience;

import dev.platform.starter.outcome.CallOutcome;
import dev.platform.starter.outcome.OutcomeClassifier;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets breakers around methods of beans judge a gRPC status as those around calls do. Resilience4j
 * makes these itself, so they ask {@link OutcomeClassifier#standard()}, whatever beans there are.
 */
final class StatusJudge {

  private StatusJudge() {}

  /** For {@code record-failure-predicate}: any exception but a status that is no failure. */
  public static final class Failures implements Predicate<Throwable> {
    @Override
    public boolean test(Throwable failure) {
      CallOutcome outcome = outcome(failure);
      return outcome == null || outcome == CallOutcome.FAILURE;
    }
  }

  /**
   * For {@code ignore-exception-predicate}: a status that says nothing, and another breaker's no.
   */
  public static final class Ignored implements Predicate<Throwable> {
    @Override
    public boolean test(Throwable failure) {
      return failure instanceof CallNotPermittedException
          || outcome(failure) == CallOutcome.IGNORED;
    }
  }

  private static @Nullable CallOutcome outcome(Throwable failure) {
    if (failure instanceof StatusRuntimeException known) {
      return judge(known.getStatus(), known.getTrailers());
    }
    return failure instanceof StatusException known
        ? judge(known.getStatus(), known.getTrailers())
        : null;
  }

  private static CallOutcome judge(Status status, @Nullable Metadata trailers) {
    return OutcomeClassifier.standard()
        .classify(status, trailers == null ? new Metadata() : trailers);
  }
}
