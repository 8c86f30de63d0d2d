package dev.platform.spring.resolver;

import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerMetrics;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.resolver.AddressRule;
import dev.platform.core.resolver.DirectorySource;
import dev.platform.core.resolver.InstanceSource;
import dev.platform.core.resolver.MergedSource;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.core.resolver.ResolverContexts;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import dev.platform.spring.discovery.DiscoveryAutoConfiguration;
import dev.platform.spring.discovery.DiscoveryProperties;
import dev.platform.spring.discovery.EtcdDiscoveryClient;
import dev.platform.spring.etcd.EtcdProperties;
import dev.platform.spring.mesh.MeshAddresses;
import dev.platform.spring.mesh.MeshAutoConfiguration;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.resilience.OutcomeAutoConfiguration;
import dev.platform.spring.retry.RetryAutoConfiguration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;
import org.springframework.context.annotation.Bean;

/**
 * Resolves {@code etcd:///name} and {@code discovery:///name} targets of every channel in the JVM
 * by this application's discovery.
 */
@AutoConfiguration(
    after = {
      OutcomeAutoConfiguration.class,
      RetryAutoConfiguration.class,
      DiscoveryAutoConfiguration.class,
      CompositeDiscoveryClientAutoConfiguration.class,
      MeshAutoConfiguration.class
    })
@EnableConfigurationProperties({
  GrpcProperties.class,
  OutlierDetectionProperties.class,
  DiscoveryProperties.class
})
public final class ResolverAutoConfiguration {

  @Bean
  OtherRegistries otherDiscoveryClients(
      List<DiscoveryClient> clients,
      ObjectProvider<SimpleDiscoveryProperties> simple,
      ObjectProvider<InstanceDirectory> directory,
      DiscoveryProperties properties,
      SkippedInstances skipped) {
    boolean wanted = properties.otherRegistries() || directory.getIfAvailable() == null;
    return new OtherRegistries(
        wanted ? clients.stream().filter(client -> isOther(client, simple)).toList() : List.of(),
        properties.pollInterval(),
        skipped,
        System::nanoTime,
        Threads.daemons());
  }

  @Bean
  SkippedInstances skippedInstances() {
    return new SkippedInstances();
  }

  @Bean
  @ConditionalOnMissingBean
  AddressRule addressRule(
      DiscoveryProperties properties,
      ObjectProvider<MeshAddresses> mesh,
      ObjectProvider<InstanceDirectory> directory,
      ObjectProvider<EtcdProperties> etcd,
      ObjectProvider<EtcdRegistration> registration,
      ObjectProvider<SimpleDiscoveryProperties> simple) {
    Boolean allowed = properties.allowLoopback();
    if (allowed != null) {
      return AddressRule.unless(listed -> allowed);
    }
    if (mesh.getIfAvailable() != null) {
      // From the machine's own DNS; a mesh's proxy may listen on loopback.
      return AddressRule.unless(listed -> true);
    }
    boolean etcdIsLocal =
        directory.getIfAvailable() != null
            && etcd.stream().anyMatch(settings -> settings.settings().isLoopback());
    return AddressRule.unless(
        etcdIsLocal ? listed -> true : new OwnAddresses(registration, simple));
  }

  @Bean
  BalancerMetrics balancerMetrics() {
    return new BalancerMetrics();
  }

  @Bean
  BalancedServices balancedServices() {
    return new BalancedServices();
  }

  @Bean
  BalancerContext balancerContext(
      CallRecorder recorder,
      BalancerMetrics metrics,
      BalancedServices services,
      GrpcProperties grpc,
      ObjectProvider<EtcdRegistration> registration) {
    return new BalancerContext(recorder, metrics, new OwnZone(grpc.zone(), registration), services);
  }

  @Bean
  ResolverContext resolverContext(
      ObjectProvider<MeshAddresses> mesh,
      ObjectProvider<InstanceDirectory> directory,
      OtherRegistries others,
      DiscoveryProperties discovery,
      GrpcProperties grpc,
      OutlierDetectionProperties ejection,
      BalancerContext balancer,
      RetryAndHedgingPolicy repeated,
      AddressRule addresses,
      SkippedInstances skipped) {
    InstanceDirectory known = directory.getIfAvailable();
    @Nullable InstanceSource etcd = known == null ? null : new DirectorySource(known);
    @Nullable InstanceSource virtual = mesh.getIfAvailable();
    ResolverContext context =
        new ResolverContext(
            etcd == null ? virtual : etcd,
            virtual == null ? merged(etcd, others) : virtual,
            grpc.loadBalancing(),
            new BalancerSettings(
                grpc.avoidSilentInstances(), ejection.settings(), grpc.slowStart()),
            balancer,
            repeated,
            discovery.waitForFirstList(),
            addresses,
            skipped);
    ResolverContexts.jvm().add(context);
    return context;
  }

  /** What etcd knows of an instance wins. */
  private static @Nullable InstanceSource merged(
      @Nullable InstanceSource etcd, OtherRegistries others) {
    if (others.isEmpty()) {
      return etcd;
    }
    return etcd == null ? others : new MergedSource(List.of(etcd, others));
  }

  /** Whether a discovery client other than etcd's may know instances. */
  private static boolean isOther(
      DiscoveryClient client, ObjectProvider<SimpleDiscoveryProperties> simple) {
    if (client instanceof SimpleDiscoveryClient) {
      return simple.stream().anyMatch(properties -> !properties.getInstances().isEmpty());
    }
    return !(client instanceof CompositeDiscoveryClient || client instanceof EtcdDiscoveryClient);
  }
}
