package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Counts requests by the window in which they were due, and good answers by that and by the window
 * in which they came. Thread-safe.
 */
final class GoodputRecord {

  private static final int MAX_REASONS = 20;
  private static final int MAX_REASON = 200;

  /** Ids and numbers, by which equal reasons differ. */
  private static final Pattern NUMBERS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4,12}){4}|\\d+");

  private final long start;
  private final long window;
  private final List<Window> windows = new ArrayList<>(); // guarded by this

  private static final class Window {
    private int offered;
    private int ended;
    private int good;
    private int answered;
    private final Map<String, Integer> failures = new HashMap<>();
  }

  GoodputRecord(long start, Duration window) {
    this.start = start;
    this.window = window.toNanos();
  }

  synchronized void offered(long at) {
    window(at).offered++;
  }

  /** A good answer within the deadline. */
  synchronized void good(long at, long answeredAt) {
    window(at).good++;
    window(at).ended++;
    window(answeredAt).answered++;
  }

  /** Any other end of a request. */
  synchronized void failed(long at, String reason) {
    window(at).ended++;
    Map<String, Integer> failures = window(at).failures;
    String kind = NUMBERS.matcher(reason).replaceAll("#");
    String cut = kind.substring(0, Math.min(MAX_REASON, kind.length()));
    String known =
        failures.size() < MAX_REASONS || failures.containsKey(cut) ? cut : "other failures";
    failures.merge(known, 1, Integer::sum);
  }

  /** The first window that begins at this moment or later. */
  int firstFrom(long nanos) {
    return (int) -Math.floorDiv(start - nanos, window);
  }

  /** The number of windows that end at this moment or earlier. */
  int endedBy(long nanos) {
    return (int) Math.max(0, Math.floorDiv(nanos - start, window));
  }

  /**
   * The number of first windows in which nothing can change: all requests have ended, or are too
   * late.
   */
  synchronized int settledBy(long nanos, long deadline) {
    int settled = endedBy(nanos - deadline);
    while (settled < Math.min(endedBy(nanos), windows.size())
        && windows.get(settled).ended == windows.get(settled).offered) {
      settled++;
    }
    return settled;
  }

  /** When a window begins. */
  long beginOf(int index) {
    return start + index * window;
  }

  /** The share of good requests of some windows; 1 if none was due. */
  synchronized double share(int from, int to) {
    long offered = sumOffered(from, to);
    long good = 0;
    for (int i = from; i < Math.min(to, windows.size()); i++) {
      good += windows.get(i).good;
    }
    return offered == 0 ? 1 : (double) good / offered;
  }

  /** Good answers that came within some windows, for each request that was due within them. */
  synchronized double throughput(int from, int to) {
    long offered = sumOffered(from, to);
    long answered = 0;
    for (int i = from; i < Math.min(to, windows.size()); i++) {
      answered += windows.get(i).answered;
    }
    return offered == 0 ? 1 : (double) answered / offered;
  }

  synchronized Map<String, Integer> failures(int from, int to) {
    Map<String, Integer> sum = new HashMap<>();
    for (int i = Math.max(0, from); i < Math.min(to, windows.size()); i++) {
      windows.get(i).failures.forEach((reason, count) -> sum.merge(reason, count, Integer::sum));
    }
    return sum;
  }

  /** The first windows. */
  synchronized List<GoodputPoint> points(int count) {
    List<GoodputPoint> points = new ArrayList<>();
    for (int i = 0; i < Math.min(count, windows.size()); i++) {
      Window each = windows.get(i);
      points.add(new GoodputPoint(Duration.ofNanos(i * window), each.offered, each.good));
    }
    return points;
  }

  private long sumOffered(int from, int to) {
    long offered = 0;
    for (int i = from; i < Math.min(to, windows.size()); i++) {
      offered += windows.get(i).offered;
    }
    return offered;
  }

  private Window window(long at) {
    int index = endedBy(at);
    while (windows.size() <= index) {
      windows.add(new Window());
    }
    return windows.get(index);
  }
}
