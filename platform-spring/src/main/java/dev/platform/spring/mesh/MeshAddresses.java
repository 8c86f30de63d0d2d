package dev.platform.spring.mesh;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.resolver.InstanceSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Each service at one address, that of the mesh: the service's name, at the mesh's port. The mesh's
 * proxy picks an instance for each call. Thread-safe, never blocks.
 */
public final class MeshAddresses implements InstanceSource {

  private final int port;

  /**
   * @param port the port of every service
   */
  public MeshAddresses(int port) {
    this.port = port;
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    subscriber.accept(List.of(new Instance(serviceId, new HostAndPort(serviceId, port), Map.of())));
    return () -> {};
  }

  @Override
  public String describe() {
    return "the mesh knows its instances (platform.mesh.enabled)";
  }
}
