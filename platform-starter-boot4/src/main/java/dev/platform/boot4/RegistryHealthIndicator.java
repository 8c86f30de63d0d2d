package dev.platform.boot4;

import dev.platform.spring.registry.RegistryHealth;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** {@link RegistryHealth} for Boot's health endpoint: UP or UNKNOWN, never DOWN. */
final class RegistryHealthIndicator extends AbstractHealthIndicator {

  private final RegistryHealth registry;

  RegistryHealthIndicator(RegistryHealth registry) {
    this.registry = registry;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    health.status(registry.isUp() ? Status.UP : Status.UNKNOWN).withDetails(registry.details());
  }
}
