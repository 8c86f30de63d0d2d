package dev.platform.spring.resilience;

import dev.platform.core.breaker.GrpcStatusPredicates;
import dev.platform.core.outcome.OutcomeClassifier;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import org.springframework.core.env.PropertyResolver;

/**
 * Lets breakers around bean methods use the {@link OutcomeClassifier} bean: predicates that are
 * configured by class name can only use the standard one.
 */
final class BreakerPredicates {

  private static final String DEFAULTS = "resilience4j.circuitbreaker.configs.default.";

  private BreakerPredicates() {}

  /** Keeps predicates that a user has set. */
  static CircuitBreakerConfigCustomizer customizer(
      OutcomeClassifier outcomes, PropertyResolver properties) {
    return CircuitBreakerConfigCustomizer.of(
        "default",
        config -> {
          if (isPlatformDefault(
              properties, "record-failure-predicate", GrpcStatusPredicates.Failures.class)) {
            config.recordException(new GrpcStatusPredicates.Failures(outcomes));
          }
          if (isPlatformDefault(
              properties, "ignore-exception-predicate", GrpcStatusPredicates.Ignored.class)) {
            config.ignoreException(new GrpcStatusPredicates.Ignored(outcomes));
          }
        });
  }

  private static boolean isPlatformDefault(
      PropertyResolver properties, String name, Class<?> predicate) {
    return predicate.getName().equals(properties.getProperty(DEFAULTS + name));
  }
}
