package dev.platform.starter;

import dev.platform.spring.config.MethodVariables;
import dev.platform.spring.config.PlatformDefaults;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Adds {@code application-defaults.yml} and variables by method, after all other sources are known.
 */
final class DefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

  @Override
  public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication app) {
    new PlatformDefaults().addTo(environment);
    new MethodVariables().addTo(environment);
  }

  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }
}
