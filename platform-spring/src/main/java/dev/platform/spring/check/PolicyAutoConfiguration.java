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
      ObjectProvider<ServedMethods> served,
      AnnotatedMethods annotated) {
    return new PolicyCheck(
        properties,
        List.of(
            new PropertyNamePolicy(environment),
            new OtherLinePolicy(environment),
            new TimePolicy(environment, called),
            new HedgingPolicy(environment, called),
            new NamePolicy(
                environment,
                called,
                served.getIfAvailable(() -> new ServedMethods(List::of)),
                annotated),
            new LimitPolicy(environment, annotated)));
  }
}
