package dev.platform.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What has happened: the last lines of it, and a number that is the same for the same history
 * alone. The first violation ends the simulation.
 */
final class History {

  private static final int LINES = 400;

  private final Loop loop;
  private final Deque<String> lines = new ArrayDeque<>();
  private @Nullable Violation violation;
  private long digest = 1;
  private long entries;

  /** A promise that was not kept. */
  record Violation(Promise promise, long time, String what) {

    @Override
    public String toString() {
      return "%s at %s: %s".formatted(promise, seconds(time), what);
    }
  }

  History(Loop loop) {
    this.loop = loop;
  }

  long now() {
    return loop.now();
  }

  void note(String format, Object... details) {
    String line = String.format(Locale.ROOT, format, details);
    entries++;
    digest = (digest * 31 + loop.now()) * 31 + line.hashCode();
    lines.add(seconds(loop.now()) + "  " + line);
    if (lines.size() > LINES) {
      lines.remove();
    }
  }

  /** Something that is not worth a line. */
  void mix(long detail) {
    digest = (digest * 31 + loop.now()) * 31 + detail;
  }

  void violated(Promise promise, String format, Object... details) {
    if (violation == null) {
      String what = String.format(Locale.ROOT, format, details);
      violation = new Violation(promise, loop.now(), what);
      note("VIOLATED %s: %s", promise, what);
    }
  }

  /** A task has thrown it. */
  void thrown(Machine machine, Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    violated(
        Promise.NO_EXCEPTIONS,
        "%s: %s at %s",
        machine,
        failure,
        trace.length == 0 ? "?" : trace[0].toString());
  }

  @Nullable Violation violation() {
    return violation;
  }

  long digest() {
    return digest;
  }

  long entries() {
    return entries;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%9.3f s", nanos / 1e9);
  }
}
