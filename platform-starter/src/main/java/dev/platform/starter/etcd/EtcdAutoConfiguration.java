package dev.platform.starter.etcd;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The process's connection to etcd, opened when registration or discovery first asks for it. */
@AutoConfiguration(after = SslAutoConfiguration.class)
@EnableConfigurationProperties(EtcdProperties.class)
public final class EtcdAutoConfiguration {

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  EtcdConnection etcdConnection(EtcdProperties properties, SslBundles bundles) {
    return EtcdConnectionFactory.open(properties, bundles, System::nanoTime);
  }
}
