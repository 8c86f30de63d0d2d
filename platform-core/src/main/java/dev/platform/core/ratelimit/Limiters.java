package dev.platform.core.ratelimit;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.InvalidPropertyException;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Resilience4j's limiters, validated for use in a server: they must not wait, and must limit. */
public final class Limiters {

  private static final double MOST_PER_SECOND = 1_000_000;

  private final RateLimiterRegistry registry;

  public Limiters(RateLimiterRegistry registry) {
    this.registry = registry;
  }

  /**
   * The limiter that a property names, set not to wait.
   *
   * @throws InvalidPropertyException when there is none, or it limits nothing
   */
  public RateLimiter named(String property, String name) {
    RateLimiter limiter =
        registry
            .find(name)
            .orElseThrow(
                () ->
                    new InvalidPropertyException(
                        property,
                        name.isBlank() ? "(empty)" : name,
                        "a limiter that is configured under resilience4j.ratelimiter.instances"));
    RateLimiterConfig config = limiter.getRateLimiterConfig();
    check(
        isLimit(config),
        property,
        "%s, which is %s".formatted(name, rate(config)),
        "a limiter with resilience4j.ratelimiter.instances.%s.limit-for-period and .limit-refresh-period of at most a million a second"
            .formatted(name));
    limiter.changeTimeoutDuration(Duration.ZERO);
    return limiter;
  }

  /**
   * How long until a limiter that has just refused permits a call again; in whole milliseconds, at
   * least 1.
   */
  static Duration retryAfter(RateLimiter limiter) {
    long nanos =
        limiter instanceof AtomicRateLimiter known
            ? known.getDetailedMetrics().getNanosToWait()
            : limiter.getRateLimiterConfig().getLimitRefreshPeriod().toNanos();
    return inMillis(nanos);
  }

  /** Rounded up; at least 1 ms. */
  static Duration inMillis(long nanos) {
    return Duration.ofMillis(Math.max(1, (nanos + 999_999) / 1_000_000));
  }

  /** The same for the limiter of this name, if there is one. */
  Duration retryAfter(@Nullable String name) {
    return name == null
        ? Duration.ofMillis(1)
        : registry.find(name).map(Limiters::retryAfter).orElse(Duration.ofMillis(1));
  }

  /**
   * A part of a limit: rounded down, at least 1, with a period that compensates for the rounding.
   */
  static RateLimiterConfig part(RateLimiterConfig whole, double share) {
    double exact = whole.getLimitForPeriod() * share;
    int limit = Math.max(1, (int) exact);
    // The factor first: nanoseconds of an hour times a large limit are more than a long holds.
    long period = (long) (whole.getLimitRefreshPeriod().toNanos() * (limit / exact));
    return RateLimiterConfig.from(whole)
        .limitForPeriod(limit)
        .limitRefreshPeriod(Duration.ofNanos(period))
        .timeoutDuration(Duration.ZERO)
        .build();
  }

  /** Whether it limits anything: Resilience4j's default does not. */
  static boolean isLimit(RateLimiterConfig config) {
    return config.getLimitForPeriod() * 1e9 / config.getLimitRefreshPeriod().toNanos()
        <= MOST_PER_SECOND;
  }

  static String rate(RateLimiterConfig config) {
    return "%d per %dns"
        .formatted(config.getLimitForPeriod(), config.getLimitRefreshPeriod().toNanos());
  }
}
