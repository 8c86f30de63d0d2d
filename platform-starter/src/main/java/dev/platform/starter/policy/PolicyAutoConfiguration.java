package dev.platform.starter.policy;

import dev.platform.starter.resilience.AnnotatedMethods;
import dev.platform.starter.resilience.ResilienceAutoConfiguration;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Finds settings that contradict each other or do nothing. Off with {@code
 * platform.policy-check.on-finding=ignore}.
 */
@AutoConfiguration(after = ResilienceAutoConfiguration.class)
@EnableConfigurationProperties(PolicyCheckProperties.class)
public final class PolicyAutoConfiguration {

  @Bean
  static CalledMethods calledMethods() {
    return new CalledMethods();
  }

  @Bean
  PolicyCheck policyCheck(
      PolicyCheckProperties properties,
      Environment environment,
      CalledMethods called,
      AnnotatedMethods annotated) {
    return new PolicyCheck(
        properties,
        List.of(
            new TimePolicy(environment),
            new NamePolicy(environment, called, annotated),
            new LimitPolicy(environment, annotated)));
  }
}
