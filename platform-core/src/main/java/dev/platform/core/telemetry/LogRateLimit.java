package dev.platform.core.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Limits the log lines per second, and counts the suppressed ones. Thread-safe. */
public final class LogRateLimit {

  private final int perSecond;
  private final LongSupplier nanoTime;
  // guarded by this
  private long second = Long.MIN_VALUE;
  private int taken;
  private long suppressed;

  /**
   * @param perSecond lines allowed per second
   * @param nanoTime monotonic time in nanoseconds
   */
  public LogRateLimit(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /**
   * Takes the permission for a line.
   *
   * @return -1 if there is none now; else the number of lines suppressed since the last one
   */
  public synchronized long take() {
    long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    if (now != second) {
      second = now;
      taken = 0;
    }
    if (taken >= perSecond) {
      suppressed++;
      return -1;
    }
    taken++;
    long before = suppressed;
    suppressed = 0;
    return before;
  }
}
