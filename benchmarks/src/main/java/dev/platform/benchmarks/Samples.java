package dev.platform.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Durations in nanoseconds, and their statistics. Not thread-safe. */
final class Samples {

  private static final double[] BOUNDS = {1, 2, 3, 5, 10, 20, 50, 100};

  /** The histogram's column headers. */
  static final String BUCKETS =
      Arrays.stream(BOUNDS)
          .mapToObj(bound -> String.format(Locale.ROOT, "%.0f ms", bound))
          .collect(Collectors.joining(" | "));

  private long[] values = new long[1024];
  private int size;

  void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = nanos;
  }

  void addAll(Samples other) {
    for (int i = 0; i < other.size; i++) {
      add(other.values[i]);
    }
  }

  int size() {
    return size;
  }

  /** The number of samples in each bucket. */
  String histogram() {
    int[] counts = new int[BOUNDS.length + 1];
    for (int i = 0; i < size; i++) {
      int bucket = 0;
      while (bucket < BOUNDS.length && values[i] > BOUNDS[bucket] * 1e6) {
        bucket++;
      }
      counts[bucket]++;
    }
    return Arrays.stream(counts).mapToObj(Integer::toString).collect(Collectors.joining(" | "));
  }

  /** The nearest-rank percentile; not a number without samples. */
  double millis(double percent) {
    if (size == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * size);
    return sorted[Math.max(0, rank - 1)] / 1e6;
  }

  /** A row's cells: p50, p99 and maximum, in milliseconds. */
  String cells() {
    return String.format(Locale.ROOT, "%.2f | %.2f | %.2f", millis(50), millis(99), millis(100));
  }
}
