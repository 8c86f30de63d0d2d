package dev.platform.spring.registry;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.registry.EtcdRegistrar;
import dev.platform.spring.etcd.EtcdAutoConfiguration;
import dev.platform.spring.etcd.EtcdProperties;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

/**
 * Registers this process in etcd. Off with {@code platform.registry.enabled=false}. Its beans are
 * primary: Spring Cloud takes one of each type, also where there is another registry.
 */
@AutoConfiguration(
    after = {EtcdAutoConfiguration.class, UtilAutoConfiguration.class},
    before = {
      ServiceRegistryAutoConfiguration.class,
      AutoServiceRegistrationAutoConfiguration.class
    })
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "platform.registry.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(
    name = "spring.cloud.service-registry.auto-registration.enabled",
    matchIfMissing = true)
@EnableConfigurationProperties(RegistryProperties.class)
public final class RegistryAutoConfiguration {

  @Bean
  @Primary
  @ConditionalOnMissingBean
  EtcdRegistration etcdRegistration(
      RegistryProperties properties,
      Environment environment,
      InetUtils inetUtils,
      ObjectProvider<BuildProperties> build,
      ObjectProvider<RegistrationCustomizer> customizers) {
    Map<String, String> metadata = CommonMetadata.of(properties, environment, build, customizers);
    metadata.put(InstanceMetadata.STARTED_AT, Instant.now().toString());
    return new EtcdRegistration(
        services(properties, environment),
        UUID.randomUUID().toString(),
        metadata,
        new AdvertisedHost(properties.advertiseHost(), inetUtils),
        properties.advertisePort());
  }

  @Bean(destroyMethod = "close")
  @Primary
  @ConditionalOnMissingBean
  EtcdServiceRegistry etcdServiceRegistry(
      EtcdConnection connection, EtcdProperties etcd, RegistryProperties properties) {
    EtcdRegistrar registrar =
        new EtcdRegistrar(
            connection, properties.leaseTtl(), Clock.systemUTC(), RandomGenerator.getDefault());
    return new EtcdServiceRegistry(
        registrar,
        new InstanceCodec(etcd.namespace(), properties.valueFormat()),
        properties.layouts(),
        connection.requestTimeout());
  }

  @Bean
  @Primary
  @ConditionalOnMissingBean
  AutoRegistration etcdAutoRegistration(
      ConfigurableApplicationContext context,
      EtcdServiceRegistry registry,
      EtcdRegistration registration) {
    return new AutoRegistration(context, registry, registration);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "platform.registry.fail-fast")
  FailFastCheck etcdFailFastCheck(
      EtcdConnection connection, EtcdProperties etcd, RegistryProperties properties) {
    return new FailFastCheck(
        connection, new InstanceCodec(etcd.namespace(), properties.valueFormat()).root());
  }

  @Bean
  RegistryHealth registryHealth(
      EtcdServiceRegistry registry, EtcdRegistration registration, EtcdConnection connection) {
    return new RegistryHealth(registry, registration, connection.availability());
  }

  @Bean
  MeterBinder registryMetrics(EtcdServiceRegistry registry) {
    return meters -> {
      Gauge.builder("platform.registry.registered", registry, r -> r.lease().isHeld() ? 1 : 0)
          .description("1 while all of this process's keys are in etcd under its lease")
          .register(meters);
      Gauge.builder("platform.registry.wanted", registry, r -> r.isWanted() ? 1 : 0)
          .description("1 while this process is to be registered: ready and not out of service")
          .register(meters);
      FunctionCounter.builder(
              "platform.registry.acquisitions", registry, r -> r.lease().acquisitions())
          .description("How often keys were put under a new lease, or put again")
          .register(meters);
      FunctionTimer.builder(
              "platform.registry.time.to.routable",
              registry,
              EtcdServiceRegistry::timesRoutable,
              EtcdServiceRegistry::nanosToRoutable,
              TimeUnit.NANOSECONDS)
          .description("Time from a claim, or the loss of a key, until all keys were in etcd")
          .register(meters);
      renewals("renewed", registry, EtcdServiceRegistry::renewals, meters);
      renewals("failed", registry, EtcdServiceRegistry::failedRenewals, meters);
    };
  }

  private static void renewals(
      String result,
      EtcdServiceRegistry registry,
      ToDoubleFunction<EtcdServiceRegistry> count,
      MeterRegistry meters) {
    FunctionCounter.builder("platform.registry.renewals", registry, count)
        .description("Renewals of the lease, by result")
        .tag("result", result)
        .register(meters);
  }

  private static List<String> services(RegistryProperties properties, Environment environment) {
    if (!properties.services().isEmpty()) {
      return properties.services();
    }
    String name = environment.getProperty("spring.application.name", "");
    check(
        !name.isBlank(),
        "spring.application.name",
        "(empty)",
        "the service's name, here or in platform.registry.services");
    RegistryProperties.checkService("spring.application.name", name);
    return List.of(name);
  }
}
