package dev.platform.starter;

import dev.platform.spring.registry.RegistryHealth;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

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
