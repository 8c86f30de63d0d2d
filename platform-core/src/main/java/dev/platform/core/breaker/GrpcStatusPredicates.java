package dev.platform.core.breaker;

import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.ShortDeadlineException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Predicates by which Resilience4j's breakers around methods classify a gRPC status as breakers of
 * calls do. Resilience4j creates predicates that are configured by name with their constructors
 * without parameters; these use {@link OutcomeClassifier#standard()}.
 */
public final class GrpcStatusPredicates {

  private GrpcStatusPredicates() {}

  /** For {@code record-failure-predicate}: all exceptions but a status that is no failure. */
  public static final class Failures implements Predicate<Throwable> {

    private final OutcomeClassifier outcomes;

    public Failures() {
      this(OutcomeClassifier.standard());
    }

    public Failures(OutcomeClassifier outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public boolean test(Throwable failure) {
      CallOutcome outcome = outcome(outcomes, failure);
      return outcome == null || outcome == CallOutcome.FAILURE;
    }
  }

  /**
   * For {@code ignore-exception-predicate}: a status that says nothing about the callee, and a
   * rejection by another breaker.
   */
  public static final class Ignored implements Predicate<Throwable> {

    private final OutcomeClassifier outcomes;

    public Ignored() {
      this(OutcomeClassifier.standard());
    }

    public Ignored(OutcomeClassifier outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public boolean test(Throwable failure) {
      return failure instanceof CallNotPermittedException
          || outcome(outcomes, failure) == CallOutcome.IGNORED;
    }
  }

  private static @Nullable CallOutcome outcome(OutcomeClassifier outcomes, Throwable failure) {
    if (failure.getCause() instanceof ShortDeadlineException) {
      return CallOutcome.IGNORED;
    }
    if (failure instanceof StatusRuntimeException known) {
      return outcomes.classify(known.getStatus(), trailers(known.getTrailers()));
    }
    return failure instanceof StatusException known
        ? outcomes.classify(known.getStatus(), trailers(known.getTrailers()))
        : null;
  }

  private static Metadata trailers(@Nullable Metadata known) {
    return known == null ? new Metadata() : known;
  }
}
