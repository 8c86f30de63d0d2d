package dev.platform.spring.endpoint;

import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.start.WarmUps;
import dev.platform.spring.discovery.DiscoveryAutoConfiguration;
import dev.platform.spring.drain.DrainAutoConfiguration;
import dev.platform.spring.drain.Lifecycle;
import dev.platform.spring.mesh.MeshAutoConfiguration;
import dev.platform.spring.mesh.MeshPart;
import dev.platform.spring.mesh.MeshProperties;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.EtcdServiceRegistry;
import dev.platform.spring.registry.RegistryAutoConfiguration;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Clock;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The actuator endpoint {@code platform}. */
@AutoConfiguration(
    after = {
      RegistryAutoConfiguration.class,
      DiscoveryAutoConfiguration.class,
      DrainAutoConfiguration.class,
      MeshAutoConfiguration.class
    })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
public final class PlatformEndpointAutoConfiguration {

  @Bean
  @ConditionalOnAvailableEndpoint
  PlatformEndpoint platformEndpoint(
      ObjectProvider<EtcdConnection> connection,
      ObjectProvider<EtcdServiceRegistry> registry,
      ObjectProvider<EtcdRegistration> registration,
      ObjectProvider<InstanceDirectory> directory,
      ObjectProvider<BalancedServices> balancers,
      ObjectProvider<CircuitBreakerRegistry> breakers,
      Lifecycle lifecycle,
      ObjectProvider<WarmUps> warmUps,
      MeshProperties mesh,
      Environment environment) {
    EtcdServiceRegistry registering = registry.getIfAvailable();
    InstanceDirectory discovering = directory.getIfAvailable();
    boolean etcd = registering != null || discovering != null;
    return new PlatformEndpoint(
        etcd ? Optional.ofNullable(connection.getIfAvailable()) : Optional.empty(),
        Optional.ofNullable(registering),
        Optional.ofNullable(registration.getIfAvailable()),
        Optional.ofNullable(discovering),
        Optional.ofNullable(balancers.getIfAvailable()),
        Optional.ofNullable(breakers.getIfAvailable()),
        lifecycle,
        Optional.ofNullable(warmUps.getIfAvailable()),
        mesh.enabled()
            ? Optional.of(new PlatformEndpoint.Mesh(mesh.port(), MeshPart.off(environment)))
            : Optional.empty(),
        Clock.systemUTC());
  }
}
