package dev.platform.spring.discovery;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance in etcd at its HTTP port, for HTTP clients. Immutable.
 *
 * @param instance the instance in etcd
 * @param port its port for HTTP
 */
record HttpServiceInstance(Instance instance, int port) implements ServiceInstance {

  private static final int MAX_PORT = 65_535;

  /**
   * Moves instances in etcd to their HTTP ports and leaves out those without one. Instances of
   * other registries stay as they are.
   */
  static List<ServiceInstance> of(List<ServiceInstance> instances) {
    return instances.stream().map(HttpServiceInstance::of).filter(each -> each != null).toList();
  }

  /** The instance at its HTTP port; null for one that only has a gRPC server. */
  static @Nullable ServiceInstance of(ServiceInstance found) {
    if (!(found instanceof EtcdServiceInstance known)) {
      return found;
    }
    Instance instance = known.instance();
    int http = port(instance.metadata().get(InstanceMetadata.HTTP_PORT));
    if (http > 0) {
      return new HttpServiceInstance(instance, http);
    }
    return instance.metadata().containsKey(InstanceMetadata.GRPC_PORT) ? null : found;
  }

  /** Written by other processes, so it may be anything; 0 when it is no port. */
  private static int port(@Nullable String text) {
    try {
      int port = text == null ? 0 : Integer.parseInt(text);
      return port > 0 && port <= MAX_PORT ? port : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public String getInstanceId() {
    return instance.id();
  }

  @Override
  public String getServiceId() {
    return instance.serviceId();
  }

  @Override
  public String getHost() {
    return instance.address().host();
  }

  @Override
  public int getPort() {
    return port;
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public URI getUri() {
    return URI.create("http://" + new HostAndPort(getHost(), port));
  }

  @Override
  public Map<String, String> getMetadata() {
    return instance.metadata();
  }
}
