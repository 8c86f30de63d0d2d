package dev.platform.core.balancer;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;

/**
 * When an instance is ejected because its calls fail, so that other instances are called. At most
 * half of a service's instances are ejected. After its ejection an instance gets a single trial
 * call; a failure ejects it for longer.
 *
 * @param enabled whether instances are ejected at all
 * @param consecutiveFailures so many consecutive failures eject an instance; 1 to 1000
 * @param failurePercentage the percentage of failed calls within {@code interval} that ejects an
 *     instance; 1 to 100
 * @param minimumCalls how many calls within {@code interval} that needs; at least 1
 * @param interval the time over which calls are counted; at least 100 ms
 * @param ejectionTime how long the first ejection takes, at least 100 ms; each further one takes
 *     twice as long, until the instance had no failure for as long as its last ejection
 * @param maxEjectionTime the longest ejection; at least {@code ejectionTime}
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
