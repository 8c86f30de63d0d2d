package dev.platform.spring.registry;

import dev.platform.core.concurrent.Threads;
import dev.platform.spring.discovery.DiscoveryProperties;
import dev.platform.spring.discovery.EtcdDiscoveryClient;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Registers this process in other registries in the same order as in etcd. Off with {@code
 * platform.registry.other-registries=false}.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "platform.registry.other-registries", matchIfMissing = true)
@EnableConfigurationProperties({RegistryProperties.class, DiscoveryProperties.class})
public final class OtherRegistriesAutoConfiguration {

  private static final Duration LONGEST_DEREGISTRATION = Duration.ofSeconds(5);

  /** Consul lists an instance after its first check, which it makes within 10 s by default. */
  private static final Duration SHORTEST_CHECK_INTERVAL = Duration.ofSeconds(10);

  @Bean
  static DeferredRegistries deferredRegistries(ObjectProvider<OtherRegistrations> registrations) {
    return new DeferredRegistries(registrations);
  }

  @Bean(destroyMethod = "close")
  OtherRegistrations otherRegistrations(
      ConfigurableApplicationContext context,
      RegistryProperties properties,
      DiscoveryProperties discovery,
      ObjectProvider<DiscoveryClient> clients,
      Environment environment,
      ObjectProvider<BuildProperties> build,
      ObjectProvider<RegistrationCustomizer> customizers,
      ObjectProvider<EtcdRegistration> etcd,
      ObjectProvider<EtcdServiceRegistry> etcdRegistry) {
    OtherRegistrations registrations =
        new OtherRegistrations(
            context,
            new OtherRegistrationMetadata(
                () -> CommonMetadata.of(properties, environment, build, customizers),
                etcd::getIfAvailable,
                properties.advertisePort()),
            new RegistrationListing(
                () ->
                    clients
                        .orderedStream()
                        .filter(OtherRegistriesAutoConfiguration::isOther)
                        .toList()),
            checkInterval(discovery.pollInterval()),
            LONGEST_DEREGISTRATION,
            Threads.daemons(),
            RandomGenerator.getDefault());
    etcdRegistry.ifAvailable(registry -> registry.onStatus(registrations::outOfService));
    return registrations;
  }

  private static Duration checkInterval(Duration pollInterval) {
    return pollInterval.compareTo(SHORTEST_CHECK_INTERVAL) < 0
        ? SHORTEST_CHECK_INTERVAL
        : pollInterval;
  }

  private static boolean isOther(DiscoveryClient client) {
    return !(client instanceof CompositeDiscoveryClient
        || client instanceof SimpleDiscoveryClient
        || client instanceof EtcdDiscoveryClient);
  }
}
