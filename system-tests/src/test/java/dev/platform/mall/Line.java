package dev.platform.mall;

import java.util.Map;

/** A line of Spring Boot that apps are built for, and its names of common settings. */
enum Line {
  BOOT3(
      "",
      "",
      "GRPC_SERVER_",
      "REFLECTIONSERVICEENABLED",
      "MANAGEMENT_OTLP_TRACING_ENDPOINT",
      "MANAGEMENT_TRACING_OPENTELEMETRY_EXPORT_SCHEDULEDELAY"),
  BOOT4(
      "boot4",
      "-boot4",
      "SPRING_GRPC_SERVER_",
      "REFLECTION_ENABLED",
      "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT",
      "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY");

  private final String folder;
  private final String suffix;
  private final String grpcServer;
  private final String reflection;
  private final String otlpEndpoint;
  private final String scheduleDelay;

  Line(
      String folder,
      String suffix,
      String grpcServer,
      String reflection,
      String otlpEndpoint,
      String scheduleDelay) {
    this.folder = folder;
    this.suffix = suffix;
    this.grpcServer = grpcServer;
    this.reflection = reflection;
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

  /** A gRPC server on a free loopback port, with reflection for generic clients. */
  Map<String, String> grpcServer() {
    return Map.of(
        grpcServer + "ADDRESS",
        "127.0.0.1",
        grpcServer + "PORT",
        "0",
        grpcServer + reflection,
        "true");
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
