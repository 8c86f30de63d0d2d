package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A trace as lines of text: who called whom, when and for how long. Immutable. */
final class Waterfall {

  private static final int BAR_COLUMNS = 24;

  private final List<Span> spans;

  /**
   * @param failed whether it is marked as an error
   */
  private record Span(
      String id,
      String parent,
      String service,
      String name,
      long start,
      long micros,
      boolean failed) {

    /** Zipkin keeps names in lower case; the attribute has a method's own. */
    static Span of(JsonNode span) {
      JsonNode tags = span.path("tags");
      return new Span(
          span.path("id").asText(),
          span.path("parentId").asText(),
          span.path("localEndpoint").path("serviceName").asText(),
          tags.path("rpc.method").asText(span.path("name").asText())
              + (span.path("kind").asText().equals("CLIENT") ? " (client)" : ""),
          span.path("timestamp").asLong(),
          span.path("duration").asLong(),
          tags.has("error"));
    }
  }

  private Waterfall(List<Span> spans) {
    this.spans = spans;
  }

  /**
   * @param trace in Zipkin's second format
   */
  static Waterfall of(JsonNode trace) {
    List<Span> spans = new ArrayList<>();
    trace.forEach(span -> spans.add(Span.of(span)));
    spans.sort(Comparator.comparingLong(Span::start));
    return new Waterfall(List.copyOf(spans));
  }

  int size() {
    return spans.size();
  }

  /** The largest tree of the trace: its caller may have made more than one call in it. */
  List<String> lines() {
    Set<String> ids = new HashSet<>();
    spans.forEach(span -> ids.add(span.id()));
    List<Row> rows =
        spans.stream()
            .filter(span -> !ids.contains(span.parent()))
            .map(root -> rowsFrom(root, 0))
            .max(Comparator.comparingInt(List::size))
            .orElse(List.of());
    int columns = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    return rows.stream().map(row -> line(row, rows.get(0).span(), columns)).toList();
  }

  private record Row(Span span, String name) {}

  private List<Row> rowsFrom(Span span, int depth) {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(span, "  ".repeat(depth) + span.name() + (span.failed() ? " FAILED" : "")));
    for (Span child : spans) {
      if (child.parent().equals(span.id())) {
        rows.addAll(rowsFrom(child, depth + 1));
      }
    }
    return rows;
  }

  private static String line(Row row, Span root, int columns) {
    return String.format(
            Locale.ROOT,
            "%-13s  %-" + columns + "s %7.1f ms  %s",
            row.span().service(),
            row.name(),
            row.span().micros() / 1e3,
            bar(row.span(), root))
        .stripTrailing();
  }

  private static String bar(Span span, Span root) {
    double column = Math.max(1, root.micros()) / (double) BAR_COLUMNS;
    int from = (int) Math.min(BAR_COLUMNS - 1, Math.max(0, span.start() - root.start()) / column);
    int length =
        (int) Math.min(BAR_COLUMNS - from, Math.max(1, Math.round(span.micros() / column)));
    return " ".repeat(from) + "=".repeat(length);
  }
}
