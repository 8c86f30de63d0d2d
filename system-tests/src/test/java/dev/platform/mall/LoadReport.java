package dev.platform.mall;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The outcomes of many calls.
 *
 * @param outcomes of all calls, in the order of completion
 */
record LoadReport(List<Outcome> outcomes) {

  int calls() {
    return outcomes.size();
  }

  List<Outcome> failures() {
    return outcomes.stream().filter(Outcome::isFailure).toList();
  }

  /** The calls sent at or after a moment of {@link System#nanoTime()}. */
  LoadReport sentSince(long nanos) {
    return only(outcome -> outcome.sentAt() - nanos >= 0);
  }

  /** The calls sent before a moment of {@link System#nanoTime()}. */
  LoadReport sentBefore(long nanos) {
    return only(outcome -> outcome.sentAt() - nanos < 0);
  }

  LoadReport only(Predicate<Outcome> wanted) {
    return new LoadReport(outcomes.stream().filter(wanted).toList());
  }

  /** The latency percentile of all calls, failed ones included; the argument is from 0 to 1. */
  Duration percentile(double part) {
    List<Duration> latencies = outcomes.stream().map(Outcome::took).sorted().toList();
    if (latencies.isEmpty()) {
      return Duration.ZERO;
    }
    int rank = (int) Math.ceil(part * latencies.size());
    return latencies.get(Math.max(0, rank - 1));
  }

  /** The number of failed calls by status; ids and numbers in the descriptions are ignored. */
  Map<String, Long> reasons() {
    return failures().stream()
        .collect(
            Collectors.groupingBy(
                failure ->
                    (failure.status().getCode() + ": " + failure.status().getDescription())
                        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}", "#")
                        .replaceAll("\\d[\\d.:]*", "#"),
                TreeMap::new,
                Collectors.counting()));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d calls, %d failed%s, p50 %d ms, p99 %d ms, slowest %d ms",
        calls(),
        failures().size(),
        failures().isEmpty() ? "" : " " + reasons(),
        percentile(0.5).toMillis(),
        percentile(0.99).toMillis(),
        percentile(1).toMillis());
  }

  /** Thread-safe. */
  static final class Builder {

    private final List<Outcome> outcomes = new ArrayList<>(); // guarded by this
    private int failed; // guarded by this

    synchronized void add(long sentAt, long nanos, Status status) {
      Outcome outcome = new Outcome(sentAt, Duration.ofNanos(nanos), status);
      outcomes.add(outcome);
      if (outcome.isFailure()) {
        failed++;
      }
    }

    synchronized int failed() {
      return failed;
    }

    synchronized int calls() {
      return outcomes.size();
    }

    synchronized LoadReport build() {
      return new LoadReport(List.copyOf(outcomes));
    }
  }
}
