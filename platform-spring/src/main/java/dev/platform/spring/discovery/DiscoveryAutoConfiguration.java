package dev.platform.spring.discovery;

import dev.platform.core.discovery.DiscoveryMetrics;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.ValueFormat;
import dev.platform.spring.etcd.EtcdAutoConfiguration;
import dev.platform.spring.etcd.EtcdProperties;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Discovers other services in etcd. Off with {@code platform.discovery.enabled=false}. */
@AutoConfiguration(
    after = EtcdAutoConfiguration.class,
    before = {
      CommonsClientAutoConfiguration.class,
      CompositeDiscoveryClientAutoConfiguration.class
    })
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "platform.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(DiscoveryProperties.class)
public final class DiscoveryAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  InstanceDirectory instanceDirectory(
      EtcdConnection connection,
      EtcdProperties etcd,
      DiscoveryProperties properties,
      ObjectProvider<SkippedInstances> skipped,
      Environment environment) {
    return InstanceDirectory.builder(
            connection, new InstanceCodec(etcd.namespace(), ValueFormat.GRPC))
        .settings(properties.settings(leaseTtl(environment)))
        .endpoints(etcd.endpoints())
        .unwatchAfter(properties.unwatchAfter())
        .maxLookedUp(properties.maxLookedUp())
        .layouts(properties.layouts())
        .skipped(skipped.getIfAvailable(SkippedInstances::new))
        .build();
  }

  /**
   * Assumes that other services' leases are as long as this one's. Bound, so that an invalid value
   * is reported.
   */
  private static Duration leaseTtl(Environment environment) {
    return Binder.get(environment)
        .bind("platform.registry.lease-ttl", Duration.class)
        .orElse(Duration.ofSeconds(10));
  }

  @Bean
  @ConditionalOnBooleanProperty(
      name = "spring.cloud.discovery.blocking.enabled",
      matchIfMissing = true)
  DiscoveryClient etcdDiscoveryClient(InstanceDirectory directory) {
    return new EtcdDiscoveryClient(directory);
  }

  @Bean
  DiscoveryMetrics discoveryMetrics(InstanceDirectory directory) {
    return new DiscoveryMetrics(directory, Clock.systemUTC());
  }
}
