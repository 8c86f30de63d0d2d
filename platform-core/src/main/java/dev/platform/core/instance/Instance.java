package dev.platform.core.instance;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service. Immutable.
 *
 * @param serviceId the service's name
 * @param address where it accepts calls
 * @param metadata its metadata; {@link InstanceMetadata} names the usual keys
 */
public record Instance(String serviceId, HostAndPort address, Map<String, String> metadata) {

  private static final int DEFAULT_WEIGHT = 100;

  public Instance {
    metadata = Map.copyOf(metadata);
  }

  /** The {@code instance-id}; {@code host:port} for instances that carry none. */
  public String id() {
    return metadata.getOrDefault(InstanceMetadata.INSTANCE_ID, address.toString());
  }

  /** Its zone; null when the metadata has none. */
  public @Nullable String zone() {
    return metadata.get(InstanceMetadata.ZONE);
  }

  /** Its version; null when the metadata has none. */
  public @Nullable String version() {
    return metadata.get(InstanceMetadata.VERSION);
  }

  /** Its share of calls; 100 when the metadata has none, or no positive number. */
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

  /** False for an instance that is deregistering or out of service. */
  public boolean isUp() {
    return InstanceMetadata.UP.equals(
        metadata.getOrDefault(InstanceMetadata.STATUS, InstanceMetadata.UP));
  }

  /** The same instance, marked as out of service. */
  public Instance outOfService() {
    Map<String, String> marked = new LinkedHashMap<>(metadata);
    marked.put(InstanceMetadata.STATUS, InstanceMetadata.OUT_OF_SERVICE);
    return new Instance(serviceId, address, marked);
  }

  /**
   * Of the address only: it differs between instances, and lists of thousands are hashed at each
   * change.
   */
  @Override
  public int hashCode() {
    return address.hashCode();
  }
}
