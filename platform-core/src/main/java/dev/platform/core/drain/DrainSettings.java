package dev.platform.core.drain;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;

/**
 * How a process stops.
 *
 * @param delay how long it continues serving after deregistration, so that every caller has seen
 *     it; 0s to 1m
 * @param timeout how long in-flight calls may take to end after that; more than 0s
 */
public record DrainSettings(Duration delay, Duration timeout) {

  public DrainSettings {
    check(
        !delay.isNegative() && delay.compareTo(Duration.ofMinutes(1)) <= 0,
        "platform.drain.delay",
        delay.toMillis() + "ms",
        "0s to 1m");
    check(timeout.toMillis() > 0, "platform.drain.timeout", timeout.toMillis() + "ms", "> 0s");
  }

  /** A delay of 1 s, a timeout of 30 s. */
  public static DrainSettings defaults() {
    return new DrainSettings(Duration.ofSeconds(1), Duration.ofSeconds(30));
  }
}
