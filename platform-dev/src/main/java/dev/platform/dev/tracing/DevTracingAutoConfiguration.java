package dev.platform.dev.tracing;

import dev.platform.dev.hosting.SharedService;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/** Hosts or joins the machine's development trace collector. */
@AutoConfiguration
@ConditionalOnProperty(
    name = {
      "platform.dev.tracing.enabled",
      "management.tracing.enabled",
      // Its name on Spring Boot 4.1.
      "management.tracing.export.enabled"
    },
    matchIfMissing = true)
@Conditional(OnLoopbackOtlp.class)
@EnableConfigurationProperties(DevTracingProperties.class)
public final class DevTracingAutoConfiguration {

  private static final String BEAN = "platformDevTracing";

  @Bean(name = BEAN, initMethod = "start", destroyMethod = "close")
  static SharedService platformDevTracing(
      Environment environment, DevTracingProperties properties) {
    return DevTracing.at(environment, properties);
  }

  /** Created before all other beans, it outlives the app's exporter, which flushes at shutdown. */
  @Bean
  static BeanFactoryPostProcessor platformDevTracingFirst() {
    return factory -> factory.getBean(BEAN);
  }
}
