package dev.platform.dev.tracing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest traces, in memory. A new one displaces the oldest when the ring is full. Safe for use
 * by several threads.
 */
final class TraceRing {

  private static final int MAX_SPANS_OF_A_TRACE = 1_000;

  private final int capacity;
  private final Map<String, List<ZipkinSpan>> traces = new LinkedHashMap<>(); // guarded by this

  /**
   * @param capacity how many traces to keep
   */
  TraceRing(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(ZipkinSpan span) {
    List<ZipkinSpan> trace = traces.computeIfAbsent(span.traceId(), id -> new ArrayList<>());
    if (trace.size() < MAX_SPANS_OF_A_TRACE) {
      trace.add(span);
    }
    if (traces.size() > capacity) {
      traces.remove(traces.keySet().iterator().next());
    }
  }

  /** All spans kept, oldest trace first. */
  synchronized List<ZipkinSpan> spans() {
    return traces.values().stream().flatMap(List::stream).toList();
  }
}
