package dev.platform.starter;

import dev.platform.spring.registry.RegistryAutoConfiguration;
import dev.platform.spring.registry.RegistryHealth;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The registration in Boot's health endpoint. */
@AutoConfiguration(after = RegistryAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(RegistryHealth.class)
@ConditionalOnEnabledHealthIndicator("registry")
public final class RegistryHealthAutoConfiguration {

  @Bean
  RegistryHealthIndicator registryHealthIndicator(RegistryHealth registry) {
    return new RegistryHealthIndicator(registry);
  }
}
