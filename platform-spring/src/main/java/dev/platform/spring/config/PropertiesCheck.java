package dev.platform.spring.config;

import dev.platform.core.InvalidPropertyException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.env.Environment;

/**
 * Reports all invalid values of the platform's properties at once, before any bean is created. A
 * single one is left to the bean that binds it.
 */
final class PropertiesCheck implements BeanFactoryPostProcessor {

  private final Environment environment;

  PropertiesCheck(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    PropertiesMistakes mistakes = new PropertiesMistakes(environment);
    List<InvalidPropertyException> found = new ArrayList<>();
    for (String name : beans.getBeanDefinitionNames()) {
      Class<?> type = type(beans, name);
      ConfigurationProperties prefix =
          type == null ? null : type.getAnnotation(ConfigurationProperties.class);
      if (type != null && prefix != null) {
        found.addAll(mistakes.of(prefix.value(), type));
      }
    }
    if (found.size() > 1) {
      throw InvalidPropertiesException.of(found);
    }
  }

  /** The type of a bean that holds properties of the platform; null for others. */
  private static @Nullable Class<?> type(ConfigurableListableBeanFactory beans, String name) {
    // Spring Boot's names are the prefix, a dash, and the class.
    if (!name.startsWith("platform.") || !name.contains("-dev.platform.")) {
      return null;
    }
    return beans.getType(name, false);
  }
}
