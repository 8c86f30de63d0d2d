package dev.platform.dev.tracing;

import org.springframework.boot.SpringBootVersion;

/** What a generation of Spring Boot calls the properties of its span export. */
public enum SpanExportProperties {
  /** Spring Boot 3. */
  BOOT3(
      "management.otlp.tracing.endpoint",
      "management.otlp.tracing.transport",
      "management.tracing.opentelemetry.export.schedule-delay"),
  /** Spring Boot 4. */
  BOOT4(
      "management.opentelemetry.tracing.export.otlp.endpoint",
      "management.opentelemetry.tracing.export.otlp.transport",
      "management.opentelemetry.tracing.export.schedule-delay");

  private final String endpoint;
  private final String transport;
  private final String scheduleDelay;

  SpanExportProperties(String endpoint, String transport, String scheduleDelay) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.scheduleDelay = scheduleDelay;
  }

  /** Those that count on the Spring Boot of this class path. */
  public static SpanExportProperties here() {
    return of(SpringBootVersion.getVersion());
  }

  static SpanExportProperties of(String springBoot) {
    return springBoot.startsWith("3.") ? BOOT3 : BOOT4;
  }

  /** The name of the collector's URL. */
  public String endpoint() {
    return endpoint;
  }

  /** The name of how spans travel, {@code grpc} or {@code http}. */
  public String transport() {
    return transport;
  }

  /** The name of how long spans are collected before they are sent. */
  public String scheduleDelay() {
    return scheduleDelay;
  }
}
