package dev.platform.spring.etcd;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdTls;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The process's connection to etcd, opened when registration or discovery first asks for it. */
@AutoConfiguration(after = SslAutoConfiguration.class)
@EnableConfigurationProperties(EtcdProperties.class)
public final class EtcdAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(EtcdAutoConfiguration.class);

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  EtcdConnection etcdConnection(EtcdProperties properties, SslBundles bundles) {
    String name = properties.ssl().bundle();
    EtcdConnection.Builder builder = EtcdConnection.builder(properties.settings());
    if (name == null) {
      return builder.open();
    }
    EtcdConnection connection = open(builder, name, bundles);
    bundles.addBundleUpdateHandler(name, bundle -> replace(connection, name, bundle));
    return connection;
  }

  /** Never throws, even for a bundle that can't be read. */
  private static void replace(EtcdConnection connection, String name, SslBundle bundle) {
    EtcdTls certificates;
    try {
      certificates = tls(name, bundle);
    } catch (RuntimeException e) {
      log.warn(
          "SSL bundle {} has changed and can't be used, keeping the old one: {}",
          name,
          e.getMessage());
      return;
    }
    connection.replaceTls(certificates);
  }

  private static EtcdConnection open(
      EtcdConnection.Builder builder, String name, SslBundles bundles) {
    try {
      return builder.tls(tls(name, bundles.getBundle(name))).open();
    } catch (RuntimeException e) {
      throw new InvalidPropertyException(
          "platform.etcd.ssl.bundle",
          name,
          "the name of an SSL bundle under spring.ssl.bundle that can be loaded; " + e.getMessage(),
          e);
    }
  }

  private static EtcdTls tls(String name, SslBundle bundle) {
    return new EtcdTls(
        "SSL bundle " + name,
        bundle.getManagers().getTrustManagerFactory(),
        bundle.getManagers().getKeyManagerFactory(),
        list(bundle.getOptions().getEnabledProtocols()),
        list(bundle.getOptions().getCiphers()));
  }

  private static @Nullable List<String> list(String @Nullable [] values) {
    return values == null ? null : Arrays.asList(values);
  }
}
