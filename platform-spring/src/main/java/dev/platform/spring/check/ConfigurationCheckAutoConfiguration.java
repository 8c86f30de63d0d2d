package dev.platform.spring.check;

import dev.platform.spring.resilience.AnnotatedMethods;
import dev.platform.spring.resilience.ResilienceAutoConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
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
      AnnotatedMethods annotated,
      ObjectProvider<OpenTelemetry> tracing,
      ObjectProvider<ConfigurationRule> ofLine) {
    List<ConfigurationRule> rules = new ArrayList<>();
    rules.add(new PropertyNameRule(environment));
    rules.add(new OtherLineRule(environment));
    rules.add(new TimeRule(environment, called));
    rules.add(new HedgingRule(environment, called));
    rules.add(
        new NameRule(
            environment,
            called,
            served.getIfAvailable(() -> new ServedMethods(List::of)),
            annotated));
    rules.add(new LimitRule(environment, annotated));
    rules.add(new LibraryVersionRule());
    rules.add(new JavaAgentRule(environment, tracing.stream().findAny().isPresent()));
    rules.add(new MeshRule(environment));
    ofLine.orderedStream().forEach(rules::add);
    return new ConfigurationCheck(properties, rules);
  }
}
