package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cell in words. */
final class CellText {

  private static final int REASONS = 3;

  private CellText() {}

  /** What happened, with figures. */
  static String line(CollapseCell cell) {
    String where = "%s at %s".formatted(cell.trigger(), load(cell));
    return switch (cell.verdict()) {
      case RECOVERED -> "%s: good again after %s".formatted(where, seconds(cell.recoveredAfter()));
      case NOT_RECOVERED ->
          "%s: %s good before, %s good %s after it%s"
              .formatted(
                  where,
                  percent(cell.before()),
                  percent(cell.after()),
                  seconds(observed(cell)),
                  reasons(cell.failures()));
      case NEVER_STEADY ->
          "%s: no steady goodput before it, %s good%s"
              .formatted(where, percent(cell.after()), reasons(cell.failures()));
    };
  }

  /** The verdict in a few characters. */
  static String brief(CollapseCell cell) {
    return switch (cell.verdict()) {
      case RECOVERED -> seconds(cell.recoveredAfter());
      case NOT_RECOVERED -> "NOT, " + percent(cell.after());
      case NEVER_STEADY -> "no steady load";
    };
  }

  static String load(CollapseCell cell) {
    return String.format(
        Locale.ROOT, "%s of capacity (%.1f/s)", percent(cell.load()), cell.perSecond());
  }

  /** Three digits at most: 99.9 % is not 100 %. */
  static String percent(double share) {
    double tenths = Math.floor(share * 1000 + 1e-6) / 10;
    return (tenths == Math.rint(tenths) ? Long.toString((long) tenths) : Double.toString(tenths))
        + " %";
  }

  static String seconds(@Nullable Duration time) {
    return time == null ? "?" : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  private static Duration observed(CollapseCell cell) {
    Duration end =
        cell.goodput().isEmpty()
            ? Duration.ZERO
            : cell.goodput().get(cell.goodput().size() - 1).at();
    return cell.triggerEnded() == null ? end : end.minus(cell.triggerEnded());
  }

  private static String reasons(Map<String, Integer> failures) {
    if (failures.isEmpty()) {
      return "";
    }
    return failures.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(REASONS)
        .map(failure -> failure.getValue() + " times " + failure.getKey())
        .collect(Collectors.joining("; ", "; ", ""));
  }
}
