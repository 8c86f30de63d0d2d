package dev.platform.spring.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * The platform's beans are created at the start even with {@code spring.main.lazy-initialization}:
 * nothing asks for those that register, listen or check. Before that, all their properties are
 * checked.
 */
@AutoConfiguration
public final class PlatformBeansAutoConfiguration {

  private static final List<String> PACKAGES =
      List.of(
          "dev.platform.spring.",
          "dev.platform.starter.",
          "dev.platform.boot4.",
          "dev.platform.jdbc.");

  @Bean
  static LazyInitializationExcludeFilter platformBeansAreEager() {
    return (name, definition, type) -> isOfPlatform(declaringClass(definition));
  }

  @Bean
  static PropertiesCheck platformPropertiesCheck(Environment environment) {
    return new PropertiesCheck(environment);
  }

  private static boolean isOfPlatform(@Nullable String declaring) {
    return declaring != null && PACKAGES.stream().anyMatch(declaring::startsWith);
  }

  /** The class whose method makes the bean; null for beans of other kinds. */
  private static @Nullable String declaringClass(BeanDefinition definition) {
    MethodMetadata method =
        definition instanceof AnnotatedBeanDefinition annotated
            ? annotated.getFactoryMethodMetadata()
            : null;
    return method == null ? null : method.getDeclaringClassName();
  }
}
