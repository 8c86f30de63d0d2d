package dev.platform.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The calls of one client around a fault. Times are {@link System#nanoTime()}, which all processes
 * of a Linux machine share.
 */
final class FaultTimeline {

  /** A call that takes ten times as long as the handler is no good call. */
  private static final long SLOW_NANOS = 10L * PeerFaults.HANDLER_MICROS * 1000;

  private static final long SECOND = 1_000_000_000L;

  /** In a second that is right, at most this part of the calls fails or is slow. */
  private static final double TOLERATED = 0.01;

  private record Call(long due, long nanos, boolean succeeded) {

    boolean isBad() {
      return !succeeded || nanos > SLOW_NANOS;
    }
  }

  /**
   * What a fault did to the calls during it.
   *
   * @param calls how many there were
   * @param failed how many of them failed
   * @param tailBefore p99 in milliseconds before the fault
   * @param tail p99 in milliseconds during the fault, of failed calls too
   * @param rightAfter seconds until the calls were right again, infinite if they were not
   */
  record Effect(int calls, int failed, double tailBefore, double tail, double rightAfter) {}

  private final List<Call> calls = new ArrayList<>();
  private final Map<String, Integer> failures = new TreeMap<>();

  /** Adds a line of a peer's process. */
  void add(String due, String nanos, String outcome) {
    boolean succeeded = outcome.equals("OK");
    calls.add(new Call(Long.parseLong(due), Long.parseLong(nanos), succeeded));
    if (!succeeded) {
      failures.merge(kind(outcome), 1, Integer::sum);
    }
  }

  /** Without what differs from call to call. */
  private static String kind(String outcome) {
    String kind = outcome.replaceAll("\\d+", "N");
    return kind.substring(0, Math.min(kind.length(), 90));
  }

  /** The failures that occurred, with their numbers. */
  Map<String, Integer> failures() {
    return failures;
  }

  /** The effect of a fault that lasted from {@code start} to {@code end}. */
  Effect effect(long start, long end) {
    List<Call> during = between(start, end);
    return new Effect(
        during.size(),
        (int) during.stream().filter(call -> !call.succeeded).count(),
        tail(between(start - 2 * SECOND, start)),
        tail(during),
        rightAfter(during, start, end));
  }

  private List<Call> between(long start, long end) {
    return calls.stream().filter(call -> call.due >= start && call.due < end).toList();
  }

  private static double tail(List<Call> calls) {
    Samples samples = new Samples();
    calls.forEach(call -> samples.add(call.nanos));
    return samples.size() == 0 ? Double.NaN : samples.millis(99);
  }

  private static double rightAfter(List<Call> calls, long start, long end) {
    double after = 0;
    long seconds = (end - start) / SECOND;
    for (long second = 0; second < seconds; second++) {
      long from = start + second * SECOND;
      List<Call> each =
          calls.stream().filter(call -> call.due >= from && call.due < from + SECOND).toList();
      List<Call> bad = each.stream().filter(Call::isBad).toList();
      if (bad.size() > TOLERATED * each.size()) {
        long last = bad.stream().mapToLong(Call::due).max().orElseThrow();
        after = second == seconds - 1 ? Double.POSITIVE_INFINITY : (last - start) / 1e9;
      }
    }
    return after;
  }
}
