package dev.platform.dev.tracing;

import dev.platform.dev.hosting.LoopbackEndpoint;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** The endpoint that the app sends its traces to. */
final class OtlpAddress {

  private static final String ENDPOINT = "management.otlp.tracing.endpoint";
  private static final String TRANSPORT = "management.otlp.tracing.transport";

  private OtlpAddress() {}

  /** The address to collect at; empty unless traces go by gRPC to a plain loopback endpoint. */
  static Optional<InetSocketAddress> in(Environment environment) {
    String endpoint = environment.getProperty(ENDPOINT);
    return endpoint != null && "grpc".equalsIgnoreCase(environment.getProperty(TRANSPORT))
        ? LoopbackEndpoint.parse(endpoint)
        : Optional.empty();
  }
}
