package dev.platform.dev.defaults;

import dev.platform.dev.tracing.DevTracing;
import dev.platform.dev.tracing.SpanExportProperties;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Defaults for development: above the platform's own, below all that a user sets. The actuator may
 * be written, shows details, and the gRPC server has reflection. Unless the app has a place for its
 * traces, all of them go to the development collector. An app that secures its transport without
 * naming certificates gets one of the development authority. Both generations of Spring Boot send
 * the event; the type of an {@code EnvironmentPostProcessor} has moved.
 */
public final class DevDefaults
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private static final String NAME = "platformDevDefaults";

  /** An application's default properties; the platform's own are their lower part. */
  private static final String LOWEST = "defaultProperties";

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    addTo(event.getEnvironment(), SpanExportProperties.here());
    DevCertificateDefaults.addTo(event.getEnvironment());
  }

  static void addTo(ConfigurableEnvironment environment, SpanExportProperties names) {
    MutablePropertySources sources = environment.getPropertySources();
    if (sources.contains(NAME)) {
      return;
    }
    Map<String, Object> defaults = new HashMap<>();
    // PostgreSQL's whole log would be repeated at INFO.
    defaults.put("logging.level.io.zonky.test.db.postgres.embedded", "warn");
    defaults.put("management.endpoints.access.max-permitted", "unrestricted");
    defaults.put("management.endpoint.health.show-details", "always");
    defaults.put(reflection(names), "true");
    if (environment.getProperty("platform.dev.tracing.enabled", Boolean.class, true)
        && !environment.containsProperty(names.endpoint())) {
      defaults.put(names.endpoint(), DevTracing.DEFAULT_ENDPOINT);
      defaults.put(names.transport(), "grpc");
      defaults.put("management.tracing.sampling.probability", "1.0");
      // Who follows a link to a trace at once finds it there.
      defaults.put(names.scheduleDelay(), "200ms");
    }
    addLow(sources, new MapPropertySource(NAME, defaults));
  }

  /** Above default properties only. */
  static void addLow(MutablePropertySources sources, MapPropertySource source) {
    if (sources.contains(LOWEST)) {
      sources.addBefore(LOWEST, source);
    } else {
      sources.addLast(source);
    }
  }

  private static String reflection(SpanExportProperties names) {
    return names == SpanExportProperties.BOOT3
        ? "grpc.server.reflection-service-enabled"
        : "spring.grpc.server.reflection.enabled";
  }

  /** After the environment is complete, before logging is set up by it. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 15;
  }
}
