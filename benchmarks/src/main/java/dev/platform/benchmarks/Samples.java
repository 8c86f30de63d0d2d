package dev.platform.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Durations in nanoseconds, and what can be said of them. Not thread-safe. */
final class Samples {

  private long[] values = new long[1024];
  private int size;

  void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = nanos;
  }

  /** The smallest sample that {@code percent} of all do not exceed. */
  double millis(double percent) {
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * size);
    return sorted[Math.max(0, rank - 1)] / 1e6;
  }

  /** A row's cells: p50, p99 and the largest, in milliseconds. */
  String cells() {
    return String.format(Locale.ROOT, "%.2f | %.2f | %.2f", millis(50), millis(99), millis(100));
  }
}
