package dev.platform.mall;

import java.util.Map;

/** A line of Spring Boot that apps are built for, and its names of common settings. */
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

  /** The build folder for this line, relative to the app's folder. */
  String folder() {
    return folder;
  }

  /** The suffix after the app's name in the name of its jar. */
  String suffix() {
    return suffix;
  }

  /** A gRPC server on a free loopback port. */
  Map<String, String> grpcServer() {
    return Map.of(grpcServer + "ADDRESS", "127.0.0.1", grpcServer + "PORT", "0");
  }

  /** Records every span and exports it soon to a collector. */
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
