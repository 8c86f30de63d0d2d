package dev.platform.core.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So many lines a second, and how many were left out meanwhile. Thread-safe. */
public final class LogRateLimit {

  private final int perSecond;
  private final LongSupplier nanoTime;
  // guarded by this
  private long second = Long.MIN_VALUE;
  private int taken;
  private long leftOut;

  public LogRateLimit(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /**
   * Takes the right to a line.
   *
   * @return -1 when there is none now; else how many did without since the last line
   */
  synchronized long take() {
    long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    if (now != second) {
      second = now;
      taken = 0;
    }
    if (taken >= perSecond) {
      leftOut++;
      return -1;
    }
    taken++;
    long before = leftOut;
    leftOut = 0;
    return before;
  }
}
