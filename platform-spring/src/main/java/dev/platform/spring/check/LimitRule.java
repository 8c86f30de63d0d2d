package dev.platform.spring.check;

import static java.util.Objects.requireNonNullElse;

import dev.platform.spring.concurrency.ConcurrencyLimitProperties;
import dev.platform.spring.resilience.AnnotatedMethods;
import dev.platform.spring.server.ServerExecutorProperties;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties;
import io.github.resilience4j.common.ratelimiter.configuration.CommonRateLimiterConfigurationProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Breakers that can't open as configured, limiters and limits without effect, fallbacks that hide
 * failures.
 */
final class LimitRule implements ConfigurationRule {

  private static final String BREAKERS = "resilience4j.circuitbreaker.";
  private static final String LIMITERS = "resilience4j.ratelimiter.";
  private static final double UNLIMITED_PER_SECOND = 1_000_000;

  private final Environment environment;
  private final AnnotatedMethods annotated;

  LimitRule(Environment environment, AnnotatedMethods annotated) {
    this.environment = environment;
    this.annotated = annotated;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    breakers(found);
    limiters(found);
    concurrencyLimit(found);
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

  /** An instance inherits from its base config, else from the default config. */
  private void breakers(List<Finding> found) {
    Map<String, CommonCircuitBreakerConfigurationProperties.InstanceProperties> bases =
        bind(
            BREAKERS + "configs",
            CommonCircuitBreakerConfigurationProperties.InstanceProperties.class);
    bases.forEach(
        (name, config) -> window("configs." + name, config, config.getSlidingWindowType(), found));
    bind(
            BREAKERS + "instances",
            CommonCircuitBreakerConfigurationProperties.InstanceProperties.class)
        .forEach(
            (name, breaker) -> {
              var base = bases.get(requireNonNullElse(breaker.getBaseConfig(), "default"));
              SlidingWindowType type = breaker.getSlidingWindowType();
              if (type == null && base != null) {
                type = base.getSlidingWindowType();
              }
              window("instances." + name, breaker, type, found);
            });
  }

  /** A window of seconds may hold any number of calls. */
  private static void window(
      String name,
      CommonCircuitBreakerConfigurationProperties.InstanceProperties breaker,
      @Nullable SlidingWindowType type,
      List<Finding> found) {
    Integer window = breaker.getSlidingWindowSize();
    Integer minimum = breaker.getMinimumNumberOfCalls();
    if (window != null
        && minimum != null
        && type != SlidingWindowType.TIME_BASED
        && minimum > window) {
      found.add(
          new Finding(
              BREAKERS + name + ".minimum-number-of-calls",
              minimum,
              "at most sliding-window-size, " + window));
    }
  }

  /** Refusing a call needs one of the threads that handle calls. */
  private void concurrencyLimit(List<Finding> found) {
    ServerExecutorProperties threads =
        Binder.get(environment)
            .bindOrCreate("platform.grpc.server-executor", ServerExecutorProperties.class);
    ConcurrencyLimitProperties properties =
        Binder.get(environment)
            .bindOrCreate(ConcurrencyLimitProperties.PREFIX, ConcurrencyLimitProperties.class);
    String property =
        switch (properties.mode()) {
          case OFF -> "";
          case FIXED -> ".limit";
          case ADAPTIVE -> ".adaptive.max-limit";
          case GRADIENT2 -> ".gradient2.max-limit";
        };
    int limit =
        switch (properties.mode()) {
          case OFF -> 0;
          case FIXED -> properties.limit();
          case ADAPTIVE -> properties.adaptive().maxLimit();
          case GRADIENT2 -> properties.gradient2().maxLimit();
        };
    if (threads.enabled()
        && !ServerExecutorProperties.areVirtual(environment)
        && limit >= threads.maxThreads()) {
      found.add(
          new Finding(
              ConcurrencyLimitProperties.PREFIX + property,
              limit,
              "less than platform.grpc.server-executor.max-threads, "
                  + threads.maxThreads()
                  + ": calls wait for a thread before they are refused"));
    }
  }

  /** An instance inherits from its base config, else from the default config. */
  private void limiters(List<Finding> found) {
    Map<String, CommonRateLimiterConfigurationProperties.InstanceProperties> bases =
        bind(
            LIMITERS + "configs",
            CommonRateLimiterConfigurationProperties.InstanceProperties.class);
    Map<String, CommonRateLimiterConfigurationProperties.InstanceProperties> instances =
        bind(
            LIMITERS + "instances",
            CommonRateLimiterConfigurationProperties.InstanceProperties.class);
    instances.forEach(
        (name, limiter) -> {
          var base = bases.get(requireNonNullElse(limiter.getBaseConfig(), "default"));
          Integer limit = limiter.getLimitForPeriod();
          Duration period = limiter.getLimitRefreshPeriod();
          if (base != null) {
            limit = limit == null ? base.getLimitForPeriod() : limit;
            period = period == null ? base.getLimitRefreshPeriod() : period;
          }
          if (isUnlimited(limit, period)) {
            found.add(
                new Finding(
                    LIMITERS + "instances." + name + ".limit-refresh-period",
                    period,
                    "long enough for limit-for-period to limit anything, such as 1s"));
          }
        });
    var standard = bases.get("default");
    if (standard == null
        || isUnlimited(standard.getLimitForPeriod(), standard.getLimitRefreshPeriod())) {
      annotatedLimiters(instances.keySet(), found);
    }
  }

  /** If the default config limits nothing, a name without a config limits nothing either. */
  private void annotatedLimiters(Set<String> configured, List<Finding> found) {
    annotated
        .limiters()
        .forEach(
            (name, method) -> {
              if (!configured.contains(name) && !NameRule.isExpression(name)) {
                found.add(
                    new Finding(
                        "@RateLimiter on " + method,
                        name,
                        "one of resilience4j.ratelimiter.instances, "
                            + new TreeSet<>(configured)
                            + ": under another name nothing is limited"));
              }
            });
  }

  /** Resilience4j's own defaults are 50 in 500 ns. */
  private static boolean isUnlimited(@Nullable Integer limit, @Nullable Duration period) {
    double perSecond =
        (limit == null ? 50 : limit) * 1e9 / (period == null ? 500 : period.toNanos());
    return perSecond > UNLIMITED_PER_SECOND;
  }

  private <T> Map<String, T> bind(String prefix, Class<T> type) {
    return Binder.get(environment)
        .bind(prefix, Bindable.mapOf(String.class, type))
        .orElse(Map.of());
  }
}
