package dev.platform.boot4.config;

import dev.platform.spring.config.PlatformDefaults;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/** Adds {@code application-defaults.yml}, after all other sources are known. */
final class DefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

  @Override
  public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication app) {
    new PlatformDefaults().addTo(environment, observations(environment));
  }

  /** Spring's own observation of gRPC calls only where the platform makes none, not twice. */
  private static Map<String, Object> observations(ConfigurableEnvironment environment) {
    boolean replaced =
        environment.getProperty("platform.telemetry.grpc.enabled", Boolean.class, true);
    return Map.of(
        "spring.grpc.server.observation.enabled", !replaced,
        "spring.grpc.client.observation.enabled", !replaced);
  }

  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }
}
