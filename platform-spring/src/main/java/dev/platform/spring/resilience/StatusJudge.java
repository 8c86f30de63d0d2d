package dev.platform.spring.resilience;

import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;

/**
 * Lets breakers around methods of beans judge a gRPC status as those around calls do. Resilience4j
 * makes its predicates itself, from the names of their classes, so these ask {@link
 * OutcomeClassifier#standard()}; {@link #customizer} puts others in their place that ask the bean.
 */
final class StatusJudge {

  private static final String DEFAULTS = "resilience4j.circuitbreaker.configs.default.";

  private StatusJudge() {}

  /** Leaves predicates alone that a user has set. */
  static CircuitBreakerConfigCustomizer customizer(
      OutcomeClassifier outcomes, PropertyResolver properties) {
    return CircuitBreakerConfigCustomizer.of(
        "default",
        config -> {
          if (isOurs(properties, "record-failure-predicate", Failures.class)) {
            config.recordException(new Failures(outcomes));
          }
          if (isOurs(properties, "ignore-exception-predicate", Ignored.class)) {
            config.ignoreException(new Ignored(outcomes));
          }
        });
  }

  private static boolean isOurs(PropertyResolver properties, String name, Class<?> predicate) {
    return predicate.getName().equals(properties.getProperty(DEFAULTS + name));
  }

  /** For {@code record-failure-predicate}: any exception but a status that is no failure. */
  public static final class Failures implements Predicate<Throwable> {

    private final OutcomeClassifier outcomes;

    public Failures() {
      this(OutcomeClassifier.standard());
    }

    private Failures(OutcomeClassifier outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public boolean test(Throwable failure) {
      CallOutcome outcome = outcome(outcomes, failure);
      return outcome == null || outcome == CallOutcome.FAILURE;
    }
  }

  /**
   * For {@code ignore-exception-predicate}: a status that says nothing, and another breaker's no.
   */
  public static final class Ignored implements Predicate<Throwable> {

    private final OutcomeClassifier outcomes;

    public Ignored() {
      this(OutcomeClassifier.standard());
    }

    private Ignored(OutcomeClassifier outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public boolean test(Throwable failure) {
      return failure instanceof CallNotPermittedException
          || outcome(outcomes, failure) == CallOutcome.IGNORED;
    }
  }

  private static @Nullable CallOutcome outcome(OutcomeClassifier outcomes, Throwable failure) {
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
