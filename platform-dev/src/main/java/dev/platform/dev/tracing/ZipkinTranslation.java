package dev.platform.dev.tracing;

import com.google.protobuf.ByteString;
import dev.platform.dev.tracing.ZipkinSpan.Annotation;
import dev.platform.dev.tracing.ZipkinSpan.Endpoint;
import dev.platform.dev.tracing.ZipkinSpan.Kind;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns OTLP spans into Zipkin's, by the rules of OpenTelemetry's "OpenTelemetry to Zipkin
 * transformation".
 */
final class ZipkinTranslation {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  private static final String SERVICE_NAME = "service.name";
  private static final String INSTANCE_ID = "service.instance.id";

  private ZipkinTranslation() {}

  /** All spans of one resource with valid ids; others are left out. */
  static List<ZipkinSpan> translate(ResourceSpans resourceSpans) {
    Map<String, String> resource =
        OtlpAttributes.texts(resourceSpans.getResource().getAttributesList());
    List<ZipkinSpan> spans = new ArrayList<>();
    for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
      for (Span span : scopeSpans.getSpansList()) {
        if (span.getTraceId().size() == TRACE_ID_BYTES
            && span.getSpanId().size() == SPAN_ID_BYTES) {
          spans.add(translate(span, scopeSpans.getScope(), resource));
        }
      }
    }
    return spans;
  }

  private static ZipkinSpan translate(
      Span span, InstrumentationScope scope, Map<String, String> resource) {
    Kind kind = kind(span.getKind());
    Map<String, String> tags = OtlpAttributes.texts(span.getAttributesList());
    Endpoint remote = RemoteEndpoint.of(kind, tags);
    addStatus(span.getStatus(), tags);
    addScope(scope, tags);
    addDropped("otel.dropped_attributes_count", span.getDroppedAttributesCount(), tags);
    addDropped("otel.dropped_events_count", span.getDroppedEventsCount(), tags);
    addDropped("otel.dropped_links_count", span.getDroppedLinksCount(), tags);
    String instance = resource.get(INSTANCE_ID);
    if (instance != null) {
      tags.putIfAbsent(INSTANCE_ID, instance);
    }
    return new ZipkinSpan(
        hex(span.getTraceId()),
        span.getParentSpanId().size() == SPAN_ID_BYTES ? hex(span.getParentSpanId()) : null,
        hex(span.getSpanId()),
        kind,
        span.getName(),
        span.getStartTimeUnixNano() == 0 ? null : micros(span.getStartTimeUnixNano()),
        duration(span),
        local(resource),
        remote,
        annotations(span),
        tags);
  }

  private static @Nullable Kind kind(Span.SpanKind kind) {
    return switch (kind) {
      case SPAN_KIND_CLIENT -> Kind.CLIENT;
      case SPAN_KIND_SERVER -> Kind.SERVER;
      case SPAN_KIND_PRODUCER -> Kind.PRODUCER;
      case SPAN_KIND_CONSUMER -> Kind.CONSUMER;
      case SPAN_KIND_INTERNAL, SPAN_KIND_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  /** Zipkin has no duration of 0: it reads that as "not known". */
  private static @Nullable Long duration(Span span) {
    if (span.getStartTimeUnixNano() == 0
        || span.getEndTimeUnixNano() < span.getStartTimeUnixNano()) {
      return null;
    }
    return Math.max(1, micros(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()));
  }

  private static @Nullable Endpoint local(Map<String, String> resource) {
    String name = resource.get(SERVICE_NAME);
    return name == null ? null : new Endpoint(name, null, null, null);
  }

  /** Any {@code error} tag makes a span red in Zipkin's page, so only a failed span keeps one. */
  private static void addStatus(Status status, Map<String, String> tags) {
    switch (status.getCode()) {
      case STATUS_CODE_ERROR -> {
        tags.put("otel.status_code", "ERROR");
        if (!status.getMessage().isEmpty()) {
          tags.put("error", status.getMessage());
        } else {
          tags.putIfAbsent("error", tags.getOrDefault("error.type", ""));
        }
      }
      case STATUS_CODE_OK -> {
        tags.put("otel.status_code", "OK");
        tags.remove("error");
      }
      case STATUS_CODE_UNSET, UNRECOGNIZED -> {}
    }
  }

  private static void addScope(InstrumentationScope scope, Map<String, String> tags) {
    if (!scope.getName().isEmpty()) {
      tags.put("otel.scope.name", scope.getName());
    }
    if (!scope.getVersion().isEmpty()) {
      tags.put("otel.scope.version", scope.getVersion());
    }
  }

  private static void addDropped(String key, int count, Map<String, String> tags) {
    if (count != 0) {
      tags.put(key, Integer.toUnsignedString(count));
    }
  }

  private static List<Annotation> annotations(Span span) {
    return span.getEventsList().stream()
        .map(event -> new Annotation(micros(event.getTimeUnixNano()), text(event)))
        .toList();
  }

  private static String text(Span.Event event) {
    return event.getAttributesCount() == 0
        ? event.getName()
        : "\"" + event.getName() + "\": " + OtlpAttributes.json(event.getAttributesList());
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
