package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Draws a small chart for each cell, as SVG: loads from left to right, triggers from top to bottom.
 * Each has goodput over time, from none to all; what is grey is the trigger's time.
 */
final class CollapsePlot {

  private static final int LABELS = 190;
  private static final int HEAD = 78;
  private static final int WIDTH = 220;
  private static final int HEIGHT = 96;
  private static final int GAP = 10;
  private static final int CAPTION = 20;
  private static final int FOOT = 34;
  private static final int MIN_WIDTH = 910;

  private static final String STABLE = "#e6f4ea";
  private static final String UNSTABLE = "#fbd5d5";
  private static final String UNKNOWN = "#fdf0cc";

  private final String name;
  private final double capacity;
  private final CheckTimes times;
  private final List<CollapseCell> cells;
  private final List<Double> loads;
  private final List<String> triggers;
  private final StringBuilder svg = new StringBuilder();

  CollapsePlot(String name, double capacity, CheckTimes times, List<CollapseCell> cells) {
    this.name = name;
    this.capacity = capacity;
    this.times = times;
    this.cells = cells;
    this.loads = cells.stream().map(CollapseCell::load).distinct().sorted().toList();
    this.triggers = cells.stream().map(CollapseCell::trigger).distinct().toList();
  }

  String svg() {
    int width = Math.max(MIN_WIDTH, LABELS + loads.size() * (WIDTH + GAP) + GAP);
    int height = HEAD + triggers.size() * (HEIGHT + GAP) + FOOT;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
        width, height, width, height);
    rectangle(0, 0, width, height, "#ffffff");
    text(GAP, 24, 16, "start", "#111111", name + ": does goodput return after a trigger?");
    text(
        GAP,
        42,
        12,
        "start",
        "#555555",
        String.format(
            Locale.ROOT,
            "capacity %.1f requests a second; good is an answer within %s",
            capacity,
            CellText.seconds(times.deadline())));
    for (int i = 0; i < loads.size(); i++) {
      String load = CellText.percent(loads.get(i)) + " of capacity";
      text(left(i) + WIDTH / 2, HEAD - 10, 12, "middle", "#111111", load);
    }
    for (int i = 0; i < triggers.size(); i++) {
      label(triggers.get(i), top(i));
    }
    cells.forEach(
        cell ->
            panel(cell, left(loads.indexOf(cell.load())), top(triggers.indexOf(cell.trigger()))));
    legend(height - 12);
    add("</svg>");
    return svg.toString();
  }

  private void panel(CollapseCell cell, int x, int y) {
    add("<g>");
    add("<title>%s</title>", escaped(CellText.line(cell)));
    rectangle(x, y, WIDTH, HEIGHT, colour(cell.verdict()));
    double end = seconds(end(cell));
    Duration began = cell.triggerBegan();
    Duration ended = cell.triggerEnded();
    if (began != null && ended != null) {
      double from = x + WIDTH * seconds(began) / end;
      double to = x + WIDTH * seconds(ended) / end;
      rectangle(from, y + CAPTION, Math.max(1.5, to - from), HEIGHT - CAPTION, "#bdbdbd");
    }
    String points =
        cell.goodput().stream().map(p -> point(p, x, y, end)).collect(Collectors.joining(" "));
    add("<polyline points=\"%s\" fill=\"none\" stroke=\"#1a4f8b\" stroke-width=\"1.6\"/>", points);
    text(x + 6, y + 14, 12, "start", "#111111", caption(cell));
    text(x + WIDTH - 4, y + 14, 10, "end", "#555555", String.format(Locale.ROOT, "%.0f s", end));
    add("</g>");
  }

  private String point(GoodputPoint point, int x, int y, double end) {
    double middle = seconds(point.at()) + seconds(times.window()) / 2;
    double height = (HEIGHT - CAPTION - 6) * point.share();
    return String.format(
        Locale.ROOT, "%.1f,%.1f", x + WIDTH * middle / end, y + HEIGHT - 3 - height);
  }

  private Duration end(CollapseCell cell) {
    List<GoodputPoint> points = cell.goodput();
    Duration last = points.isEmpty() ? Duration.ZERO : points.get(points.size() - 1).at();
    return last.plus(times.window());
  }

  private static String caption(CollapseCell cell) {
    return switch (cell.verdict()) {
      case RECOVERED -> "good again after " + CellText.brief(cell);
      case NOT_RECOVERED -> "does not return: " + CellText.percent(cell.after()) + " good";
      case NEVER_STEADY -> "no steady goodput without it";
    };
  }

  /** A trigger's name, on several lines if it is long. */
  private void label(String trigger, int y) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : trigger.split(" ", -1)) {
      if (line.length() > 0 && line.length() + word.length() > 24) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    for (int i = 0; i < lines.size(); i++) {
      text(LABELS - 2, y + HEIGHT / 2 + 16 * i, 12, "end", "#111111", lines.get(i));
    }
  }

  private void legend(int y) {
    int x = LABELS + GAP;
    x = key(x, y, STABLE, "recovers");
    x = key(x, y, UNSTABLE, "does not recover");
    x = key(x, y, UNKNOWN, "not steady before the trigger");
    x = key(x, y, "#bdbdbd", "trigger");
    key(x, y, "#1a4f8b", "share of good requests, 0 to 100 %");
  }

  private int key(int x, int y, String colour, String meaning) {
    rectangle(x, y - 9, 10, 10, colour);
    text(x + 14, y, 11, "start", "#555555", meaning);
    return x + 30 + 6 * meaning.length();
  }

  private static String colour(Verdict verdict) {
    return switch (verdict) {
      case RECOVERED -> STABLE;
      case NOT_RECOVERED -> UNSTABLE;
      case NEVER_STEADY -> UNKNOWN;
    };
  }

  private static int left(int column) {
    return LABELS + GAP + column * (WIDTH + GAP);
  }

  private static int top(int row) {
    return HEAD + row * (HEIGHT + GAP);
  }

  private static double seconds(@Nullable Duration time) {
    return time == null ? 0 : time.toNanos() / 1e9;
  }

  private void rectangle(double x, double y, double width, double height, String colour) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
        x, y, width, height, colour);
  }

  private void text(int x, int y, int size, String anchor, String colour, String text) {
    add(
        "<text x=\"%d\" y=\"%d\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        x, y, size, anchor, colour, escaped(text));
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
