package dev.platform.starter.discovery;

import dev.platform.starter.etcd.EtcdAutoConfiguration;
import dev.platform.starter.etcd.EtcdConnection;
import dev.platform.starter.instance.InstanceCodec;
import dev.platform.starter.instance.ValueFormat;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Finds other services in etcd. Off with {@code platform.discovery.enabled=false}. */
@AutoConfiguration(
    after = EtcdAutoConfiguration.class,
    before = {CommonsClientAutoConfiguration.class, CompositeDiscoveryClientAutoConfiguration.class})
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "platform.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(DiscoveryProperties.class)
public final class DiscoveryAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  InstanceDirectory instanceDirectory(
      EtcdConnection connection,
      DiscoveryProperties properties,
      @Value("${platform.registry.namespace:}") String namespace) {
    return new InstanceDirectory(
        connection,
        new InstanceCodec(namespace, ValueFormat.GRPC),
        properties,
        Clock.systemUTC(),
        RandomGenerator.getDefault());
  }

  @Bean
  @ConditionalOnBooleanProperty(
      name = "spring.cloud.discovery.blocking.enabled",
      matchIfMissing = true)
  DiscoveryClient etcdDiscoveryClient(InstanceDirectory directory) {
    return new EtcdDiscoveryClient(directory);
  }
}
