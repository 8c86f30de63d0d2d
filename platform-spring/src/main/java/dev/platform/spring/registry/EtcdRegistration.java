package dev.platform.spring.registry;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;

/**
 * What this process registers: one or more service names at one address. Host and ports are known
 * once the servers listen; until then the port is 0. Thread-safe.
 */
public final class EtcdRegistration implements Registration {

  private final List<String> serviceIds;
  private final String instanceId;
  private final Map<String, String> metadata;
  private final AdvertisedHost advertisedHost;
  private final @Nullable Integer advertisedPort;
  private volatile Ports ports = new Ports(0, 0, null);

  private record Ports(int grpc, int http, @Nullable String boundAddress) {}

  EtcdRegistration(
      List<String> serviceIds,
      String instanceId,
      Map<String, String> metadata,
      AdvertisedHost advertisedHost,
      @Nullable Integer advertisedPort) {
    this.serviceIds = List.copyOf(serviceIds);
    this.instanceId = instanceId;
    this.metadata = withText(metadata);
    this.advertisedHost = advertisedHost;
    this.advertisedPort = advertisedPort;
  }

  /**
   * A registration at a fixed address, for an application that makes its own bean.
   *
   * @param serviceIds the names; at least one
   * @param metadata {@code zone}, {@code version}, {@code weight}, your own; entries whose value is
   *     null or empty are left out
   * @throws dev.platform.core.InvalidPropertyException when the host resolves to nothing
   */
  public static EtcdRegistration at(
      String host, int port, List<String> serviceIds, Map<String, String> metadata) {
    return new EtcdRegistration(
        serviceIds,
        UUID.randomUUID().toString(),
        metadata,
        new AdvertisedHost(host, new InetUtils(new InetUtilsProperties())),
        port);
  }

  synchronized void grpcServerStarted(int port, @Nullable String boundAddress) {
    ports = new Ports(port, ports.http, boundAddress);
  }

  synchronized void webServerStarted(int port) {
    ports = new Ports(ports.grpc, port, ports.boundAddress);
  }

  /** All names that this process is registered under. */
  public List<String> getServiceIds() {
    return serviceIds;
  }

  /** The first of the names. */
  @Override
  public String getServiceId() {
    return serviceIds.get(0);
  }

  @Override
  public String getInstanceId() {
    return instanceId;
  }

  @Override
  public String getHost() {
    return advertisedHost.choose(ports.boundAddress);
  }

  /** The advertised port; that of the gRPC server, or of the web server where there is no other. */
  @Override
  public int getPort() {
    if (advertisedPort != null) {
      return advertisedPort;
    }
    return ports.grpc > 0 ? ports.grpc : ports.http;
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public URI getUri() {
    return URI.create("http://" + new HostAndPort(getHost(), getPort()));
  }

  @Override
  public Map<String, String> getMetadata() {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(InstanceMetadata.INSTANCE_ID, instanceId);
    Ports now = ports;
    if (now.grpc > 0) {
      all.putIfAbsent(InstanceMetadata.GRPC_PORT, Integer.toString(now.grpc));
    }
    if (now.http > 0) {
      all.putIfAbsent(InstanceMetadata.HTTP_PORT, Integer.toString(now.http));
    }
    return all;
  }

  /** From an environment variable that is not set, or for a label that the pod does not have. */
  private static Map<String, String> withText(
      Map<? extends @Nullable String, ? extends @Nullable String> metadata) {
    Map<String, String> known = new LinkedHashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key != null && !key.isEmpty() && value != null && !value.isEmpty()) {
            known.put(key, value);
          }
        });
    return Map.copyOf(known);
  }

  /** One instance for each name. */
  List<Instance> instances() {
    HostAndPort address = new HostAndPort(getHost(), getPort());
    Map<String, String> all = getMetadata();
    return serviceIds.stream().map(id -> new Instance(id, address, all)).toList();
  }

  /** Whether some server listens on the advertised port of this very machine. */
  boolean listensItself() {
    return advertisedPort == null && advertisedHost.isLocal(getHost());
  }

  @Override
  public String toString() {
    return "%s at %s".formatted(serviceIds, new HostAndPort(getHost(), getPort()));
  }
}
