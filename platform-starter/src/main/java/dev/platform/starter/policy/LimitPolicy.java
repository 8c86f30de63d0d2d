package dev.platform.starter.policy;

import static java.util.Objects.requireNonNullElse;

import dev.platform.starter.resilience.AnnotatedMethods;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties;
import io.github.resilience4j.common.ratelimiter.configuration.CommonRateLimiterConfigurationProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Breakers that can't open as they say, limiters that limit nothing, fallbacks that hide failures.
 */
final class LimitPolicy implements PolicyCheck.Policy {

  private static final String LIMITERS = "resilience4j.ratelimiter.";
  private static final double UNLIMITED_PER_SECOND = 1_000_000;

  private final Environment environment;
  private final AnnotatedMethods annotated;

  LimitPolicy(Environment environment, AnnotatedMethods annotated) {
    this.environment = environment;
    this.annotated = annotated;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    for (String group : List.of("configs", "instances")) {
      breakers("resilience4j.circuitbreaker." + group, found);
    }
    limiters(found);
    annotated
        .hiddenFromRetry()
        .forEach(
            method ->
                found.add(
                    new Finding(
                        "@CircuitBreaker(fallbackMethod) and @Retry on " + method,
                        "both",
                        "the fallback on @Retry: that of the breaker hides failures from it")));
    return found;
  }

  private void breakers(String prefix, List<Finding> found) {
    bind(prefix, CommonCircuitBreakerConfigurationProperties.InstanceProperties.class)
        .forEach(
            (name, breaker) -> {
              Integer window = breaker.getSlidingWindowSize();
              Integer minimum = breaker.getMinimumNumberOfCalls();
              if (window != null
                  && minimum != null
                  && breaker.getSlidingWindowType() != SlidingWindowType.TIME_BASED
                  && minimum > window) {
                found.add(
                    new Finding(
                        prefix + "." + name + ".minimum-number-of-calls",
                        minimum,
                        "at most sliding-window-size, " + window));
              }
            });
  }

  /** An instance takes from its base, else from the default, what it does not say itself. */
  private void limiters(List<Finding> found) {
    Map<String, CommonRateLimiterConfigurationProperties.InstanceProperties> bases =
        bind(
            LIMITERS + "configs",
            CommonRateLimiterConfigurationProperties.InstanceProperties.class);
    bind(LIMITERS + "instances", CommonRateLimiterConfigurationProperties.InstanceProperties.class)
        .forEach(
            (name, limiter) -> {
              var base = bases.get(requireNonNullElse(limiter.getBaseConfig(), "default"));
              Integer limit = limiter.getLimitForPeriod();
              Duration period = limiter.getLimitRefreshPeriod();
              if (base != null) {
                limit = limit == null ? base.getLimitForPeriod() : limit;
                period = period == null ? base.getLimitRefreshPeriod() : period;
              }
              // Resilience4j's own defaults are 50 in 500 ns.
              double perSecond =
                  (limit == null ? 50 : limit) * 1e9 / (period == null ? 500 : period.toNanos());
              if (perSecond > UNLIMITED_PER_SECOND) {
                found.add(
                    new Finding(
                        LIMITERS + "instances." + name + ".limit-refresh-period",
                        period,
                        "so long that limit-for-period limits anything, such as 1s"));
              }
            });
  }

  private <T> Map<String, T> bind(String prefix, Class<T> type) {
    return Binder.get(environment)
        .bind(prefix, Bindable.mapOf(String.class, type))
        .orElse(Map.of());
  }
}
