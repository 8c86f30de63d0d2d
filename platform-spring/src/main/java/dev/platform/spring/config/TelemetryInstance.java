package dev.platform.spring.config;

import java.lang.management.ManagementFactory;
import java.util.Map;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * The default of the resource attribute {@code service.instance.id}: process and host, as {@code
 * 4711@host}. Without it, Prometheus would mix the metrics that instances of a service send by
 * OTLP.
 */
final class TelemetryInstance {

  private static final String ATTRIBUTE = "service.instance.id";
  private static final String PROPERTY =
      "management.opentelemetry.resource-attributes." + ATTRIBUTE;

  /** OpenTelemetry's variable, which Spring Boot 3.5 reads with less precedence than properties. */
  private static final String VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

  private TelemetryInstance() {}

  /** Empty if the variable sets the attribute. */
  static PropertySource<?> defaults(Environment environment) {
    boolean isSet = environment.getProperty(VARIABLE, "").contains(ATTRIBUTE + "=");
    return new MapPropertySource(
        "platformTelemetryInstance",
        isSet ? Map.of() : Map.of(PROPERTY, ManagementFactory.getRuntimeMXBean().getName()));
  }
}
