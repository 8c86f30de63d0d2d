package dev.platform.dev.tracing;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A span received over OTLP. Ids are in hexadecimal.
 *
 * @param service the {@code service.name} of the process that sent it
 * @param traceId 32 digits
 * @param spanId 16 digits
 * @param parentId 16 digits; empty for a root
 * @param name the span's name
 * @param kind {@code INTERNAL}, {@code SERVER}, {@code CLIENT}, {@code PRODUCER}, {@code CONSUMER}
 * @param startedAt nanoseconds since 1970
 * @param endedAt likewise
 * @param failed whether its status is an error
 * @param attributes as text, by key
 * @param events the span's events, in order
 * @param links links to other spans
 */
public record ReceivedSpan(
    String service,
    String traceId,
    String spanId,
    String parentId,
    String name,
    String kind,
    long startedAt,
    long endedAt,
    boolean failed,
    Map<String, String> attributes,
    List<Event> events,
    List<Link> links) {

  /**
   * An event during a span.
   *
   * @param name the event's name
   * @param attributes as text, by key
   */
  public record Event(String name, Map<String, String> attributes) {}

  /**
   * A link to another span.
   *
   * @param traceId 32 digits
   * @param spanId 16 digits
   */
  public record Link(String traceId, String spanId) {}

  static ReceivedSpan of(String service, Span span) {
    HexFormat hex = HexFormat.of();
    return new ReceivedSpan(
        service,
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getName(),
        span.getKind().name().replace("SPAN_KIND_", ""),
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano(),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        Map.copyOf(OtlpAttributes.texts(span.getAttributesList())),
        span.getEventsList().stream()
            .map(
                event ->
                    new Event(
                        event.getName(),
                        Map.copyOf(OtlpAttributes.texts(event.getAttributesList()))))
            .toList(),
        span.getLinksList().stream()
            .map(
                link ->
                    new Link(
                        hex.formatHex(link.getTraceId().toByteArray()),
                        hex.formatHex(link.getSpanId().toByteArray())))
            .toList());
  }
}
