package dev.platform.starter.defaults;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;

/**
 * Adds {@code application-defaults.yml} below every other property source, {@link
 * SpringApplication#setDefaultProperties default properties} included: whatever a user sets
 * anywhere wins.
 */
public final class PlatformDefaultsEnvironmentPostProcessor
    implements EnvironmentPostProcessor, Ordered {

  private static final String NAME = "platformDefaults";
  private static final String FILE = "application-defaults.yml";

  @Override
  public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication app) {
    if (environment.getPropertySources().contains(NAME)) {
      return;
    }
    try {
      new YamlPropertySourceLoader()
          .load(NAME, new ClassPathResource(FILE, getClass().getClassLoader()))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException("The platform's own " + FILE + " can't be read", e);
    }
  }

  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }
}
