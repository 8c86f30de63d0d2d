package dev.platform.order.trace;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A span as W3C's {@code traceparent}, version 00. */
final class TraceParent {

  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})");
  private static final int SAMPLED = 1;

  private TraceParent() {}

  static String write(TraceContext context) {
    boolean sampled = Boolean.TRUE.equals(context.sampled());
    return "00-" + context.traceId() + "-" + context.spanId() + (sampled ? "-01" : "-00");
  }

  /** Empty when the value is invalid. */
  static Optional<TraceContext> read(String text, Tracer tracer) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        tracer
            .traceContextBuilder()
            .traceId(parts.group(1))
            .spanId(parts.group(2))
            .sampled((Integer.parseInt(parts.group(3), 16) & SAMPLED) != 0)
            .build());
  }
}
