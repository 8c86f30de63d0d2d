package dev.platform.spring.resolver;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.spring.discovery.EtcdServiceInstance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/** Converts instances of other registries' clients. */
final class ForeignInstances {

  private ForeignInstances() {}

  static List<Instance> read(String serviceId, List<? extends ServiceInstance> instances) {
    return instances.stream().map(instance -> read(serviceId, instance)).toList();
  }

  private static Instance read(String serviceId, ServiceInstance instance) {
    if (instance instanceof EtcdServiceInstance known) {
      return known.instance();
    }
    Map<String, String> metadata = new HashMap<>();
    if (instance.getMetadata() != null) {
      instance.getMetadata().forEach((key, value) -> put(metadata, key, value));
    }
    // Other registries scale weights differently.
    metadata.remove(InstanceMetadata.WEIGHT);
    put(metadata, InstanceMetadata.INSTANCE_ID, instance.getInstanceId());
    return new Instance(
        serviceId, new HostAndPort(instance.getHost(), port(instance, metadata)), metadata);
  }

  /** Other registries list the HTTP port, and the gRPC port in the metadata. */
  private static int port(ServiceInstance instance, Map<String, String> metadata) {
    String port = metadata.get(InstanceMetadata.GRPC_PORT);
    return port == null ? instance.getPort() : Integer.parseInt(port);
  }

  private static void put(
      Map<String, String> metadata, @Nullable String key, @Nullable String value) {
    if (key != null && value != null) {
      metadata.put(key, value);
    }
  }
}
