package dev.platform.core.balancer;

import static dev.platform.core.config.InvalidPropertyException.check;

import java.time.Duration;

/**
 * When calls keep away from an instance because its calls fail. Never from more than half of a
 * service's instances. After its time a single call tries an instance before others go there, and
 * it is out once more with the first failure, for longer each time.
 *
 * @param enabled whether instances are ejected at all
 * @param consecutiveFailures so many calls to it that fail one after the other eject it; 1 to 1000
 * @param failurePercentage of the calls within {@code interval} that fail eject it; 1 to 100
 * @param minimumCalls how many calls there must be within {@code interval} for that; at least 1
 * @param interval over which calls are counted; at least 100 ms
 * @param ejectionTime how long it is out for the first time, at least 100 ms; twice as long each
 *     time after that without a well spell between
 * @param maxEjectionTime at most so long
 */
public record OutlierDetection(
    boolean enabled,
    int consecutiveFailures,
    int failurePercentage,
    int minimumCalls,
    Duration interval,
    Duration ejectionTime,
    Duration maxEjectionTime) {

  private static final String PREFIX = "platform.resilience.outlier-detection.";

  /** Five consecutive failures, or half of at least ten calls in 5 s, eject for 10 s to 1 min. */
  public static OutlierDetection defaults() {
    return new OutlierDetection(
        true, 5, 50, 10, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(1));
  }

  public OutlierDetection {
    check(
        consecutiveFailures >= 1 && consecutiveFailures <= 1000,
        PREFIX + "consecutive-failures",
        consecutiveFailures,
        "a whole number from 1 to 1000");
    check(
        failurePercentage >= 1 && failurePercentage <= 100,
        PREFIX + "failure-percentage",
        failurePercentage,
        "a whole number from 1 to 100");
    check(minimumCalls >= 1, PREFIX + "minimum-calls", minimumCalls, "at least 1");
    check(
        interval.toMillis() >= 100,
        PREFIX + "interval",
        interval.toMillis() + "ms",
        "at least 100ms");
    check(
        ejectionTime.toMillis() >= 100,
        PREFIX + "ejection-time",
        ejectionTime.toMillis() + "ms",
        "at least 100ms");
    check(
        maxEjectionTime.compareTo(ejectionTime) >= 0,
        PREFIX + "max-ejection-time",
        maxEjectionTime.toMillis() + "ms",
        "at least ejection-time, " + ejectionTime.toMillis() + "ms");
  }
}
