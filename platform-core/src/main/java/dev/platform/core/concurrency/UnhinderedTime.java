package dev.platform.core.concurrency;

/**
 * How long the answers of one method take on average while the server has little to do. The last
 * ones count alike: of calls that began together the short ones are answered first, so that an
 * average of the very last would be that of the long ones. Thread-safe; blocks for moments only.
 */
final class UnhinderedTime {

  private static final int REMEMBERED = 48;

  // guarded by this
  private long sum;
  private int count;

  private volatile long mean;

  synchronized void add(long nanos) {
    if (count == REMEMBERED) {
      sum /= 2;
      count /= 2;
    }
    sum += nanos;
    count++;
    mean = Math.max(1, sum / count);
  }

  /** In nanoseconds; 0 without any answer. */
  long nanos() {
    return mean;
  }
}
