package dev.platform.mall;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What came of many calls.
 *
 * @param latencies of all calls, failed ones included, in ascending order, in nanoseconds
 * @param failures what each failed call ended with
 */
record LoadReport(List<Long> latencies, List<String> failures) {

  int calls() {
    return latencies.size();
  }

  /** The latency that a part of all calls, from 0 to 1, did not exceed. */
  Duration percentile(double part) {
    if (latencies.isEmpty()) {
      return Duration.ZERO;
    }
    int rank = (int) Math.ceil(part * latencies.size());
    return Duration.ofNanos(latencies.get(Math.max(0, rank - 1)));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d calls, %d failed, p50 %d ms, p99 %d ms, slowest %d ms",
        calls(),
        failures.size(),
        percentile(0.5).toMillis(),
        percentile(0.99).toMillis(),
        percentile(1).toMillis());
  }

  /** Collects; thread-safe. */
  static final class Builder {

    private final List<Long> latencies = new ArrayList<>(); // guarded by this
    private final List<String> failures = new ArrayList<>(); // guarded by this

    synchronized void success(long nanos) {
      latencies.add(nanos);
    }

    synchronized void failure(long nanos, Status status) {
      latencies.add(nanos);
      failures.add(status.getCode() + ": " + status.getDescription());
    }

    synchronized LoadReport build() {
      List<Long> sorted = new ArrayList<>(latencies);
      Collections.sort(sorted);
      return new LoadReport(sorted, List.copyOf(failures));
    }
  }
}
