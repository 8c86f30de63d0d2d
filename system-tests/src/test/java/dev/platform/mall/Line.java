package dev.platform.mall;

import java.util.Map;

/** A line of Spring Boot that apps are built for, and what it calls what tests set. */
enum Line {
  BOOT3(
      "",
      "",
      "GRPC_SERVER_",
      "MANAGEMENT_OTLP_TRACING_ENDPOINT",
      "MANAGEMENT_TRACING_OPENTELEMETRY_EXPORT_SCHEDULEDELAY"),
  BOOT4(
      "boot4",
      "-boot4",
      "SPRING_GRPC_SERVER_",
      "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT",
      "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY");

  private final String folder;
  private final String suffix;
  private final String grpcServer;
  private final String otlpEndpoint;
  private final String scheduleDelay;

  Line(String folder, String suffix, String grpcServer, String otlpEndpoint, String scheduleDelay) {
    this.folder = folder;
    this.suffix = suffix;
    this.grpcServer = grpcServer;
    this.otlpEndpoint = otlpEndpoint;
    this.scheduleDelay = scheduleDelay;
  }

  /** Where an app is built for it, below the app's own folder. */
  String folder() {
    return folder;
  }

  /** What the jar of an app has behind the app's name. */
  String suffix() {
    return suffix;
  }

  /** A gRPC server at a free port of the loopback address. */
  Map<String, String> grpcServer() {
    return Map.of(grpcServer + "ADDRESS", "127.0.0.1", grpcServer + "PORT", "0");
  }

  /** Every span is recorded, and soon sent to a collector. */
  Map<String, String> tracedTo(String collector) {
    return Map.of(
        otlpEndpoint,
        collector,
        scheduleDelay,
        "200ms",
        "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
        "1.0");
  }
}
