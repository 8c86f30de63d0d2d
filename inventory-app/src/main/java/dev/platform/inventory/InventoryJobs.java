package dev.platform.inventory;

import dev.platform.inventory.domain.ExpireReservations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** Background jobs. Each instance runs them; the database prevents conflicts. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class InventoryJobs implements SchedulingConfigurer {

  private static final Logger log = LoggerFactory.getLogger(InventoryJobs.class);

  private final ExpireReservations expireReservations;
  private final InventoryProperties properties;

  InventoryJobs(ExpireReservations expireReservations, InventoryProperties properties) {
    this.expireReservations = expireReservations;
    this.properties = properties;
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar jobs) {
    jobs.addFixedDelayTask(this::expire, properties.expiryInterval());
  }

  private void expire() {
    int expired = expireReservations.run();
    if (expired > 0) {
      log.info("{} reservations expired, their stock is available again", expired);
    }
  }
}
