package dev.platform.dev.defaults;

import dev.platform.dev.tracing.DevTracing;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Defaults for development: above the platform's own, below all that a user sets. Unless the app
 * sets an endpoint for its traces, all of them go to the development collector.
 */
public final class DevDefaultsEnvironmentPostProcessor
    implements EnvironmentPostProcessor, Ordered {

  private static final String NAME = "platformDevDefaults";
  private static final String OTLP_ENDPOINT = "management.otlp.tracing.endpoint";

  @Override
  public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication app) {
    if (environment.getPropertySources().contains(NAME)) {
      return;
    }
    Map<String, Object> defaults = new HashMap<>();
    // PostgreSQL's whole log would be repeated at INFO.
    defaults.put("logging.level.io.zonky.test.db.postgres.embedded", "warn");
    if (environment.getProperty("platform.dev.tracing.enabled", Boolean.class, true)
        && !environment.containsProperty(OTLP_ENDPOINT)) {
      defaults.put(OTLP_ENDPOINT, DevTracing.DEFAULT_ENDPOINT);
      defaults.put("management.otlp.tracing.transport", "grpc");
      defaults.put("management.tracing.sampling.probability", "1.0");
      // So that a trace is there when its link is followed at once.
      defaults.put("management.tracing.opentelemetry.export.schedule-delay", "200ms");
    }
    environment.getPropertySources().addLast(new MapPropertySource(NAME, defaults));
  }

  /** Just before the platform's own defaults are added below these. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE - 1;
  }
}
