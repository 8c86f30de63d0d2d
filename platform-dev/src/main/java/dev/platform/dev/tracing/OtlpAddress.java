package dev.platform.dev.tracing;

import dev.platform.dev.hosting.LoopbackEndpoint;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** The endpoint that the app sends its traces to. */
final class OtlpAddress {

  private OtlpAddress() {}

  /** The address to collect at; empty unless traces go by gRPC to a plain loopback endpoint. */
  static Optional<InetSocketAddress> in(Environment environment) {
    return in(environment, SpanExportProperties.here());
  }

  static Optional<InetSocketAddress> in(Environment environment, SpanExportProperties names) {
    String endpoint = environment.getProperty(names.endpoint());
    return endpoint != null && "grpc".equalsIgnoreCase(environment.getProperty(names.transport()))
        ? LoopbackEndpoint.parse(endpoint)
        : Optional.empty();
  }
}
