package dev.platform.starter.discovery;

import dev.platform.starter.etcd.EtcdAutoConfiguration;
import dev.platform.starter.etcd.EtcdConnection;
import dev.platform.starter.etcd.EtcdProperties;
import dev.platform.starter.instance.InstanceCodec;
import dev.platform.starter.instance.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;
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

/** Finds other services in etcd. Off with {@code platform.discovery.enabled=false}. */
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
      Environment environment) {
    String namespace = environment.getProperty("platform.registry.namespace", "");
    InstanceCodec codec = new InstanceCodec(namespace, ValueFormat.GRPC);
    return new InstanceDirectory(
        connection,
        codec,
        properties.within(leaseTtl(environment)),
        Clock.systemUTC(),
        RandomGenerator.getDefault(),
        snapshots(properties.snapshot(), codec, etcd));
  }

  /**
   * Other services' leases are taken to be as long as this one's. Bound, so that a mistake is
   * named.
   */
  private static Duration leaseTtl(Environment environment) {
    return Binder.get(environment)
        .bind("platform.registry.lease-ttl", Duration.class)
        .orElse(Duration.ofSeconds(10));
  }

  /** In a folder for this etcd and namespace: lists of another one would be wrong here. */
  private static Snapshots snapshots(
      DiscoveryProperties.Snapshot properties, InstanceCodec codec, EtcdProperties etcd) {
    if (!properties.enabled()) {
      return Snapshots.none();
    }
    String source = etcd.endpoints() + codec.root();
    String folder = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8)).toString();
    return Snapshots.in(
        new SnapshotFiles(
            properties.directoryOrDefault().resolve(folder),
            codec,
            properties.maxAge(),
            Clock.systemUTC()));
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
