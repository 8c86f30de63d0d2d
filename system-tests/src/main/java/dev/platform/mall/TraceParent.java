package dev.platform.mall;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;

/** Makes calls part of a trace that the caller can name, by W3C's {@code traceparent} header. */
final class TraceParent {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  private TraceParent() {}

  /**
   * @param traceId 32 hex digits, not all 0; or empty, which leaves the trace to the server
   */
  static ClientInterceptor interceptor(String traceId) {
    Metadata headers = new Metadata();
    if (!traceId.isEmpty()) {
      if (!traceId.matches("(?!0{32})[0-9a-f]{32}")) {
        throw new IllegalArgumentException(
            "--trace-id: " + traceId + " (expected: 32 hex digits, not all 0)");
      }
      headers.put(HEADER, "00-" + traceId + "-" + spanId(traceId) + "-01");
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** The caller's own span, which is not recorded: half of the trace id serves as its id. */
  static String spanId(String traceId) {
    return traceId.substring(16).replaceFirst("^0{16}$", "0000000000000001");
  }
}
