package dev.platform.spring.security;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.identity.AuthenticationServerInterceptor;
import dev.platform.core.identity.AuthenticationSettings;
import dev.platform.core.identity.SecurityAudit;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.UserTokenClientInterceptor;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.config.ConfiguredTransport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Finds out who calls: the workload by the connection, the user by a token that the application's
 * {@code JwtDecoder} or {@code TokenVerifier} checks.
 */
@AutoConfiguration
@EnableConfigurationProperties({UserProperties.class, XfccProperties.class})
public final class AuthenticationAutoConfiguration {

  private static final String ENABLED = UserProperties.PREFIX + ".enabled";

  @Bean
  @ConditionalOnMissingBean
  SecurityAudit securityAudit() {
    return new SecurityAudit(System::nanoTime);
  }

  @Bean
  UserTokens userTokens(
      UserProperties properties,
      ObjectProvider<TokenVerifier> own,
      ObjectProvider<JwtVerifiers> decoders) {
    if (Boolean.FALSE.equals(properties.enabled())) {
      return new UserTokens(Optional.empty());
    }
    TokenVerifier verifier = own.getIfUnique();
    JwtVerifiers jwt = decoders.getIfAvailable();
    if (verifier == null && jwt != null) {
      verifier = jwt.get();
    }
    check(
        verifier != null || properties.enabled() == null,
        ENABLED,
        properties.enabled(),
        "one bean of type JwtDecoder (spring-boot-starter-oauth2-resource-server makes one for"
            + " spring.security.oauth2.resourceserver.jwt.issuer-uri) or TokenVerifier");
    return new UserTokens(Optional.ofNullable(verifier));
  }

  @Bean
  ServerLink authenticationServerInterceptor(
      UserTokens users,
      UserProperties properties,
      XfccProperties xfcc,
      SecurityAudit audit,
      Environment environment,
      ObjectProvider<TransportSecurity> own,
      ObjectProvider<WorkloadIdentities> identities,
      ObjectProvider<MeterRegistry> meters) {
    ConfiguredTransport transport = ConfiguredTransport.of(environment);
    check(
        xfcc.trustedProxies().isEmpty() || transport.isPlaintext(),
        XfccProperties.PREFIX + ".trusted-proxies",
        xfcc.trustedProxies(),
        "none unless %s is plaintext".formatted(ConfiguredTransport.MODE));
    return new ServerLink(
        ServerStage.AUTHENTICATION,
        new AuthenticationServerInterceptor(
            new AuthenticationSettings(
                name(own, environment),
                xfcc.addresses(),
                transport.isPlaintextOnPurpose(),
                properties.maxTokenBytes(),
                properties.cacheSize(),
                properties.maxFailuresPerSecond()),
            identities.getIfAvailable(() -> WorkloadIdentities.of(null, List.of())),
            users.verifier().orElse(null),
            audit,
            meters.getIfAvailable(CompositeMeterRegistry::new),
            Clock.systemUTC(),
            System::nanoTime));
  }

  /**
   * What the process's own certificate proves, where that is known; else the application's name.
   */
  static String name(ObjectProvider<TransportSecurity> own, Environment environment) {
    return Optional.ofNullable(own.getIfAvailable())
        .flatMap(TransportSecurity::workload)
        .orElseGet(() -> environment.getProperty("spring.application.name", "application"));
  }

  @Bean
  @ConditionalOnBooleanProperty(name = UserProperties.PREFIX + ".propagate", matchIfMissing = true)
  ClientLink userTokenClientInterceptor(
      Environment environment, ObjectProvider<MeterRegistry> meters) {
    return new ClientLink(
        ClientStage.USER_TOKEN,
        new UserTokenClientInterceptor(
            ConfiguredTransport.of(environment).isPlaintextOnPurpose(),
            meters.getIfAvailable(CompositeMeterRegistry::new)));
  }

  /** Makes a verifier of the application's decoder; null without one. */
  interface JwtVerifiers extends Supplier<@Nullable TokenVerifier> {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(JwtDecoder.class)
  static class Jwts {

    @Bean
    JwtVerifiers jwtVerifiers(ObjectProvider<JwtDecoder> decoders, UserProperties properties) {
      return () -> {
        JwtDecoder decoder = decoders.getIfUnique();
        return decoder == null
            ? null
            : new JwtTokenVerifier(decoder, properties, Clock.systemUTC(), System::nanoTime);
      };
    }
  }
}
