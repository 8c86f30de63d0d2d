package dev.platform.core.start;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;

/**
 * The warm-up of a process.
 *
 * @param max how long it may delay readiness and registration, all parts together, 0s to 5m; 0s for
 *     no warm-up
 */
public record WarmUpSettings(Duration max) {

  private static final Duration MOST = Duration.ofMinutes(5);

  public WarmUpSettings {
    check(
        !max.isNegative() && max.compareTo(MOST) <= 0,
        "platform.start.warm-up.max",
        max.toMillis() + "ms",
        "0s to 5m");
  }

  /** At most 8 s. */
  public static WarmUpSettings defaults() {
    return new WarmUpSettings(Duration.ofSeconds(8));
  }
}
