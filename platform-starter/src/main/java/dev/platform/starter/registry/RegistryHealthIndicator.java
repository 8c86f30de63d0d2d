package dev.platform.starter.registry;

import dev.platform.starter.etcd.EtcdAvailability;
import dev.platform.starter.instance.InstanceMetadata;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/**
 * Whether this process is registered. Never DOWN: an app that etcd has lost still serves those who
 * know it, and restarting it would help nobody.
 */
final class RegistryHealthIndicator extends AbstractHealthIndicator {

  private final EtcdServiceRegistry registry;
  private final EtcdRegistration registration;
  private final EtcdAvailability availability;

  RegistryHealthIndicator(
      EtcdServiceRegistry registry, EtcdRegistration registration, EtcdAvailability availability) {
    this.registry = registry;
    this.registration = registration;
    this.availability = availability;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    String status = registry.getStatus(registration);
    LeaseSnapshot lease = registry.lease();
    // An operator's wish is not ill health either: out of discovery, but all right.
    health
        .status(status.equals(InstanceMetadata.UP) ? Status.UP : Status.UNKNOWN)
        .withDetail("registration", status)
        .withDetail("services", registration.getServiceIds())
        .withDetail("lease", lease.state())
        .withDetail("since", lease.since())
        .withDetail("etcd", availability.describe());
  }
}
