package dev.platform.spring.security;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.transport.TransportMode;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.RegistrationCustomizer;
import dev.platform.spring.registry.RegistryAutoConfiguration;
import dev.platform.spring.server.ServerListener;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Mutual TLS between services, by {@code platform.security.transport.mode}. */
@AutoConfiguration(after = SslAutoConfiguration.class, before = RegistryAutoConfiguration.class)
@EnableConfigurationProperties({IdentityProperties.class, TransportSecurityProperties.class})
public final class TransportSecurityAutoConfiguration {

  private static final Logger log =
      LoggerFactory.getLogger(TransportSecurityAutoConfiguration.class);

  @Bean
  @ConditionalOnMissingBean
  WorkloadIdentities workloadIdentities(IdentityProperties properties) {
    return properties.workloads();
  }

  /** Also a source of meters. */
  @Bean
  @ConditionalOnMissingBean
  TransportSecurity transportSecurity(
      TransportSecurityProperties properties,
      WorkloadIdentities identities,
      ObjectProvider<SslBundles> bundles) {
    String name = properties.bundle();
    if (properties.mode() == TransportMode.PLAINTEXT || name == null) {
      return TransportSecurity.plaintext();
    }
    SslBundles all = bundles.getObject();
    TransportSecurity security = open(properties, name, all, identities);
    all.addBundleUpdateHandler(name, changed -> replace(security, name, changed));
    return security;
  }

  private static TransportSecurity open(
      TransportSecurityProperties properties,
      String name,
      SslBundles bundles,
      WorkloadIdentities identities) {
    try {
      return TransportSecurity.builder(
              properties.mode(), BundledCertificates.of(name, bundles.getBundle(name)))
          .identities(identities)
          .maxConnectionAge(properties.maxConnectionAge(), properties.maxConnectionAgeGrace())
          .build();
    } catch (RuntimeException e) {
      throw new InvalidPropertyException(
          TransportSecurityProperties.PREFIX + ".bundle",
          name,
          "the name of an SSL bundle under spring.ssl.bundle with a certificate, its private key"
              + " and trusted authorities; "
              + e.getMessage(),
          e);
    }
  }

  /** Never throws, even for a bundle that can't be read. */
  private static void replace(TransportSecurity security, String name, SslBundle changed) {
    try {
      security.replace(BundledCertificates.of(name, changed));
    } catch (RuntimeException e) {
      log.warn(
          "SSL bundle {} has changed and can't be used, keeping the old one: {}",
          name,
          e.getMessage());
    }
  }

  @Bean
  RegistrationCustomizer transportRegistrationCustomizer(TransportSecurity security) {
    return metadata -> metadata.putAll(security.metadata());
  }

  @Bean
  ConfigurationRule transportRule(
      TransportSecurityProperties properties,
      TransportSecurity security,
      ObjectProvider<EtcdRegistration> registration) {
    return new TransportRule(properties, security, registration, Clock.systemUTC());
  }

  @Bean
  ServerListener plaintextWarning(TransportSecurity security, Environment environment) {
    return new PlaintextWarning(security, environment);
  }
}
