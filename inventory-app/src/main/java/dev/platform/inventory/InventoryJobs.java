package dev.platform.inventory;

import dev.platform.inventory.domain.ExpireReservations;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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

  InventoryJobs(
      ExpireReservations expireReservations, InventoryProperties properties, MeterRegistry meters) {
    Gauge.builder("mall.reservations.failing", expireReservations, ExpireReservations::failing)
        .description("Overdue reservations that can't be expired")
        .register(meters);
    this.expireReservations = expireReservations;
    this.properties = properties;
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar jobs) {
    jobs.addFixedDelayTask(this::expire, properties.expiryInterval());
  }

  private void expire() {
    ExpireReservations.Run run = expireReservations.run();
    if (run.expired() > 0) {
      log.info("{} reservations expired, their stock is available again", run.expired());
    }
    run.failed()
        .forEach(
            (id, failure) ->
                log.warn(
                    "reservation {} can't be expired, its stock stays reserved, will retry: {}",
                    id,
                    failure.toString()));
  }
}
