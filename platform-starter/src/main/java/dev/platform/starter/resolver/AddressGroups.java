package dev.platform.starter.resolver;

import dev.platform.starter.instance.EtcdServiceInstance;
import dev.platform.starter.instance.InstanceMetadata;
import io.grpc.EquivalentAddressGroup;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Turns instances into gRPC's address groups. An instance that did not change keeps its group, so
 * that one change among thousands costs one new group. Not thread-safe.
 */
final class AddressGroups {

  private Map<ServiceInstance, EquivalentAddressGroup> known = Map.of();

  List<EquivalentAddressGroup> of(List<? extends ServiceInstance> instances) {
    Map<ServiceInstance, EquivalentAddressGroup> next = new HashMap<>(instances.size() * 2);
    for (ServiceInstance instance : instances) {
      EquivalentAddressGroup group = known.get(instance);
      next.put(instance, group == null ? group(instance) : group);
    }
    known = next;
    return instances.stream().map(next::get).distinct().toList();
  }

  private static EquivalentAddressGroup group(ServiceInstance instance) {
    // Unresolved: a name is looked up anew for each connection.
    InetSocketAddress address =
        InetSocketAddress.createUnresolved(instance.getHost(), port(instance));
    return new EquivalentAddressGroup(address, InstanceAttributes.of(instance));
  }

  /** Other registries list the HTTP port, and the gRPC port in the metadata. */
  private static int port(ServiceInstance instance) {
    if (instance instanceof EtcdServiceInstance) {
      return instance.getPort();
    }
    @Nullable Map<String, String> metadata = instance.getMetadata();
    String port = metadata == null ? null : metadata.get(InstanceMetadata.GRPC_PORT);
    return port == null ? instance.getPort() : Integer.parseInt(port);
  }
}
