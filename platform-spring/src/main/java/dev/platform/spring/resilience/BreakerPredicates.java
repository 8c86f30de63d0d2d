package dev.platform.spring.resilience;

import dev.platform.core.breaker.GrpcStatusPredicates;
import dev.platform.core.outcome.OutcomeClassifier;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import org.springframework.core.env.PropertyResolver;

/**
 * Lets breakers around methods of beans ask the {@link OutcomeClassifier} bean: predicates that are
 * configured by name can only ask the standard one.
 */
final class BreakerPredicates {

  private static final String DEFAULTS = "resilience4j.circuitbreaker.configs.default.";

  private BreakerPredicates() {}

  /** Leaves predicates alone that a user has set. */
  static CircuitBreakerConfigCustomizer customizer(
      OutcomeClassifier outcomes, PropertyResolver properties) {
    return CircuitBreakerConfigCustomizer.of(
        "default",
        config -> {
          if (isOurs(properties, "record-failure-predicate", GrpcStatusPredicates.Failures.class)) {
            config.recordException(new GrpcStatusPredicates.Failures(outcomes));
          }
          if (isOurs(
              properties, "ignore-exception-predicate", GrpcStatusPredicates.Ignored.class)) {
            config.ignoreException(new GrpcStatusPredicates.Ignored(outcomes));
          }
        });
  }

  private static boolean isOurs(PropertyResolver properties, String name, Class<?> predicate) {
    return predicate.getName().equals(properties.getProperty(DEFAULTS + name));
  }
}
