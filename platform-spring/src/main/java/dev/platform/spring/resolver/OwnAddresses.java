package dev.platform.spring.resolver;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.spring.registry.EtcdRegistration;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;
import org.springframework.util.function.SingletonSupplier;

/**
 * Loopback addresses that mean this machine: all, if this process advertises one itself, else those
 * in the application's own configuration. Thread-safe.
 */
final class OwnAddresses implements Predicate<HostAndPort> {

  private final SingletonSupplier<EtcdRegistration> registration;
  private final SingletonSupplier<SimpleDiscoveryProperties> simple;

  OwnAddresses(
      ObjectProvider<EtcdRegistration> registration,
      ObjectProvider<SimpleDiscoveryProperties> simple) {
    this.registration = SingletonSupplier.ofNullable(registration::getIfAvailable);
    this.simple = SingletonSupplier.ofNullable(simple::getIfAvailable);
  }

  @Override
  public boolean test(HostAndPort listed) {
    EtcdRegistration own = registration.get();
    return (own != null && new HostAndPort(own.getHost(), own.getPort()).isLoopback())
        || isConfigured(listed);
  }

  private boolean isConfigured(HostAndPort listed) {
    SimpleDiscoveryProperties configured = simple.get();
    return configured != null
        && configured.getInstances().values().stream()
            .flatMap(List::stream)
            .anyMatch(instance -> isAt(instance, listed));
  }

  private static boolean isAt(ServiceInstance instance, HostAndPort listed) {
    String port = instance.getMetadata().get(InstanceMetadata.GRPC_PORT);
    return listed.host().equals(instance.getHost())
        && (port == null
            ? listed.port() == instance.getPort()
            : port.equals(Integer.toString(listed.port())));
  }
}
