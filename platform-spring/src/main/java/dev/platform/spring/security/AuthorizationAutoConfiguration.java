package dev.platform.spring.security;

import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationServerInterceptor;
import dev.platform.core.authorization.LearnedCalls;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.identity.SecurityAudit;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.ServedMethods;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * Lets callers make the calls that the rules allow, and no others. Absent without {@code
 * platform.security.authorization.rules} or {@code .mode}.
 */
@AutoConfiguration(after = AuthenticationAutoConfiguration.class)
@Conditional(OnAuthorization.class)
@EnableConfigurationProperties(AuthorizationProperties.class)
public final class AuthorizationAutoConfiguration {

  @Bean
  LearnedCalls learnedCalls(AuthorizationProperties properties) {
    return new LearnedCalls(properties.learnedPairs());
  }

  @Bean
  AuthorizationFindings authorizationFindings(
      AuthorizationProperties properties,
      UserTokens users,
      Environment environment,
      ObjectProvider<TransportSecurity> own,
      ObjectProvider<WorkloadIdentities> identities,
      ObjectProvider<ServedMethods> served) {
    return new AuthorizationFindings(
        properties,
        users.verifier().isPresent(),
        environment,
        AuthenticationAutoConfiguration.name(own, environment),
        identities.getIfAvailable(() -> WorkloadIdentities.of(null, List.of())),
        served.getIfAvailable(() -> new ServedMethods(List::of)));
  }

  @Bean
  ConfigurationRule authorizationRule(AuthorizationFindings findings) {
    return findings::all;
  }

  /**
   * @param findings refuses to start where callers prove nothing
   */
  @Bean
  ServerLink authorizationServerInterceptor(
      AuthorizationProperties properties,
      AuthorizationFindings findings,
      LearnedCalls learned,
      SecurityAudit audit,
      ObjectProvider<MeterRegistry> meters) {
    if (properties.modeInForce() == AuthorizationMode.ENFORCE) {
      findings.checkThatCallersProveWorkloads();
    }
    return new ServerLink(
        ServerStage.AUTHORIZATION,
        new AuthorizationServerInterceptor(
            properties.parsed(),
            properties.modeInForce(),
            learned,
            audit,
            meters.getIfAvailable(CompositeMeterRegistry::new)));
  }

  @Bean
  @ConditionalOnAvailableEndpoint
  AuthorizationEndpoint authorizationEndpoint(
      AuthorizationProperties properties,
      LearnedCalls learned,
      ObjectProvider<ServedMethods> served) {
    return new AuthorizationEndpoint(
        properties, learned, served.getIfAvailable(() -> new ServedMethods(List::of)));
  }
}
