package dev.platform.spring.check;

import dev.platform.spring.resilience.AnnotatedMethods;
import dev.platform.spring.resilience.ResilienceAutoConfiguration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Finds settings that contradict each other or have no effect. Off with {@code
 * platform.configuration-check.on-finding=ignore}.
 */
@AutoConfiguration(after = ResilienceAutoConfiguration.class)
@EnableConfigurationProperties(ConfigurationCheckProperties.class)
public final class ConfigurationCheckAutoConfiguration {

  @Bean
  static CalledMethods calledMethods() {
    return new CalledMethods();
  }

  @Bean
  ConfigurationCheck configurationCheck(
      ConfigurationCheckProperties properties,
      Environment environment,
      CalledMethods called,
      ObjectProvider<ServedMethods> served,
      AnnotatedMethods annotated) {
    return new ConfigurationCheck(
        properties,
        List.of(
            new PropertyNameRule(environment),
            new OtherLineRule(environment),
            new TimeRule(environment, called),
            new HedgingRule(environment, called),
            new NameRule(
                environment,
                called,
                served.getIfAvailable(() -> new ServedMethods(List::of)),
                annotated),
            new LimitRule(environment, annotated)));
  }
}
