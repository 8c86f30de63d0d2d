package dev.platform.starter.test.collapse;

import java.time.Duration;

/**
 * The times of a check.
 *
 * @param deadline within which an answer is good
 * @param trigger how long a trigger lasts
 * @param observation how long goodput may take to return
 * @param steady how long goodput must be good in a row, before a trigger and after it
 * @param window of which goodput is measured
 * @param rampStep how long each rate is tried when the capacity is measured
 */
record CheckTimes(
    Duration deadline,
    Duration trigger,
    Duration observation,
    Duration steady,
    Duration window,
    Duration rampStep) {

  CheckTimes {
    positive("deadline", deadline);
    positive("trigger", trigger);
    positive("window", window);
    atLeast("steady", steady, window, "the window");
    atLeast("observation", observation, steady.plus(deadline), "steady and the deadline");
    atLeast("ramp step", rampStep, window.multipliedBy(2), "two windows");
  }

  /** The number of windows in a row that must be good. */
  int steadyWindows() {
    return Math.toIntExact(steady.toNanos() / window.toNanos());
  }

  private static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: > 0)");
    }
  }

  private static void atLeast(String what, Duration value, Duration least, String name) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: at least " + name + ", " + least + ")");
    }
  }
}
