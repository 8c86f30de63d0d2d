package dev.platform.dev.tracing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span of Zipkin's v2 JSON. Times are microseconds since the epoch, durations microseconds. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record ZipkinSpan(
    String traceId,
    @Nullable String parentId,
    String id,
    @Nullable Kind kind,
    String name,
    @Nullable Long timestamp,
    @Nullable Long duration,
    @Nullable Endpoint localEndpoint,
    @Nullable Endpoint remoteEndpoint,
    List<Annotation> annotations,
    Map<String, String> tags) {

  /** Zipkin's kinds; a span inside one process has none. */
  enum Kind {
    CLIENT,
    SERVER,
    PRODUCER,
    CONSUMER
  }

  /** One side of a call. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Endpoint(
      @Nullable String serviceName,
      @Nullable String ipv4,
      @Nullable String ipv6,
      @Nullable Integer port) {}

  /** Something that happened at a moment. */
  record Annotation(long timestamp, String value) {}
}
