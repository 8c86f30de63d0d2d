package dev.platform.dev.tracing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The spans of one trace as a tree. Immutable. */
public final class SpanTree {

  private final List<ReceivedSpan> spans;
  private final Map<String, ReceivedSpan> byId = new HashMap<>();

  /**
   * @param spans of one trace, in any order
   */
  public SpanTree(List<ReceivedSpan> spans) {
    this.spans = List.copyOf(spans);
    spans.forEach(span -> byId.put(span.spanId(), span));
  }

  /** All of them, as given. */
  public List<ReceivedSpan> spans() {
    return spans;
  }

  /** Those without a parent. */
  public List<ReceivedSpan> roots() {
    return spans.stream().filter(span -> span.parentId().isEmpty()).toList();
  }

  /** Those whose parent is not among the spans. */
  public List<ReceivedSpan> orphans() {
    return spans.stream()
        .filter(span -> !span.parentId().isEmpty() && !byId.containsKey(span.parentId()))
        .toList();
  }

  /** Those with this name. */
  public List<ReceivedSpan> named(String name) {
    return spans.stream().filter(span -> span.name().equals(name)).toList();
  }

  /** The path from the root to each span, as {@code GET / SERVER > look_up INTERNAL}; sorted. */
  public List<String> paths() {
    return spans.stream().map(this::path).sorted(Comparator.naturalOrder()).toList();
  }

  @Override
  public String toString() {
    return String.join("\n", paths());
  }

  private String path(ReceivedSpan span) {
    ReceivedSpan parent = byId.get(span.parentId());
    String own = span.name() + " " + span.kind();
    return parent == null ? own : path(parent) + " > " + own;
  }
}
