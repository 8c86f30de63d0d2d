package dev.platform.spring.registry;

import dev.platform.core.etcd.EtcdAvailability;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.registry.LeaseSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether this process is registered. Never DOWN: without its registration it still serves the
 * callers that know it, and a restart would not help. Thread-safe.
 */
public final class RegistryHealth {

  private final EtcdServiceRegistry registry;
  private final EtcdRegistration registration;
  private final EtcdAvailability availability;

  RegistryHealth(
      EtcdServiceRegistry registry, EtcdRegistration registration, EtcdAvailability availability) {
    this.registry = registry;
    this.registration = registration;
    this.availability = availability;
  }

  /** Whether it is registered, and no operator has taken it out of service. */
  public boolean isUp() {
    return InstanceMetadata.UP.equals(registry.<String>getStatus(registration));
  }

  /** The registration in brief. */
  public Map<String, Object> details() {
    LeaseSnapshot lease = registry.lease();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("registration", registry.<String>getStatus(registration));
    details.put("services", registration.getServiceIds());
    details.put("lease", lease.state());
    details.put("since", lease.since());
    details.put("etcd", availability.describe());
    return details;
  }
}
