package dev.platform.starter.instance;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * One instance of a service as it stands in etcd. Immutable.
 *
 * @param serviceId the service's name
 * @param address where it takes calls
 * @param metadata what it tells of itself; {@link InstanceMetadata} names the usual keys
 */
public record EtcdServiceInstance(
    String serviceId, HostAndPort address, Map<String, String> metadata)
    implements ServiceInstance {

  private static final int DEFAULT_WEIGHT = 100;

  public EtcdServiceInstance {
    metadata = Map.copyOf(metadata);
  }

  /** The {@code instance-id}; {@code host:port} for instances that carry none. */
  @Override
  public String getInstanceId() {
    return metadata.getOrDefault(InstanceMetadata.INSTANCE_ID, address.toString());
  }

  @Override
  public String getServiceId() {
    return serviceId;
  }

  @Override
  public String getHost() {
    return address.host();
  }

  @Override
  public int getPort() {
    return address.port();
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public URI getUri() {
    return URI.create("http://" + address);
  }

  @Override
  public Map<String, String> getMetadata() {
    return metadata;
  }

  /** Where it runs, when it tells. */
  public @Nullable String zone() {
    return metadata.get(InstanceMetadata.ZONE);
  }

  /** Which version it is of, when it tells. */
  public @Nullable String version() {
    return metadata.get(InstanceMetadata.VERSION);
  }

  /** Its share of calls; 100 when it tells none or nonsense. */
  public int weight() {
    String text = metadata.get(InstanceMetadata.WEIGHT);
    if (text == null) {
      return DEFAULT_WEIGHT;
    }
    try {
      int weight = Integer.parseInt(text);
      return weight > 0 ? weight : DEFAULT_WEIGHT;
    } catch (NumberFormatException e) {
      return DEFAULT_WEIGHT;
    }
  }

  /** The address alone: lists of thousands are hashed at each change, and it tells them apart. */
  @Override
  public int hashCode() {
    return address.hashCode();
  }

  /** False for an instance that is leaving or was taken out. */
  public boolean isUp() {
    return InstanceMetadata.UP.equals(
        metadata.getOrDefault(InstanceMetadata.STATUS, InstanceMetadata.UP));
  }
}
