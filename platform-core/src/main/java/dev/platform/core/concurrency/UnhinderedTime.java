package dev.platform.core.concurrency;

/**
 * How long the answers of one method take on average while the server has little to do: a moving
 * average over the last sixteen or so. Concurrent answers may be lost. Thread-safe.
 */
final class UnhinderedTime {

  private static final int REMEMBERED = 16;

  /** The average, 0 while there is none. */
  private volatile long mean;

  private volatile int known;

  void add(long nanos) {
    int count = Math.min(known + 1, REMEMBERED);
    long before = mean;
    mean = Math.max(1, before + (nanos - before) / count);
    known = count;
  }

  /** In nanoseconds; 0 without any answer. */
  long nanos() {
    return mean;
  }
}
