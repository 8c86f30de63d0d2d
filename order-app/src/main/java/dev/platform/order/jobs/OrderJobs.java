package dev.platform.order.jobs;

import dev.platform.order.OrderProperties;
import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.RecoverOrders;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * Runs the background jobs on Spring's scheduler, each as a {@link RepeatedJob}. Every instance
 * runs all of them; the database distributes the work.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class OrderJobs implements SchedulingConfigurer {

  private final RecoverOrders recoverOrders;
  private final FulfilOrders fulfilOrders;
  private final DeliverNotifications deliverNotifications;
  private final JobMeters meters;
  private final OrderProperties properties;

  OrderJobs(
      RecoverOrders recoverOrders,
      FulfilOrders fulfilOrders,
      DeliverNotifications deliverNotifications,
      JobMeters meters,
      OrderProperties properties) {
    this.recoverOrders = recoverOrders;
    this.fulfilOrders = fulfilOrders;
    this.deliverNotifications = deliverNotifications;
    this.meters = meters;
    this.properties = properties;
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar registrar) {
    Duration interval = properties.jobInterval();
    schedule(registrar, "order recovery", recoverOrders::next, interval);
    schedule(registrar, "fulfilment", fulfilOrders::next, interval);
    schedule(registrar, "notification delivery", deliverNotifications::next, interval);
    schedule(registrar, "backlog measurement", this::measure, properties.jobs().measureInterval());
  }

  private boolean measure() {
    meters.measure();
    return false;
  }

  private static void schedule(
      ScheduledTaskRegistrar registrar, String name, BooleanSupplier next, Duration interval) {
    RepeatedJob job =
        new RepeatedJob(name, next, interval, () -> ThreadLocalRandom.current().nextDouble());
    registrar.addTriggerTask(job, job);
  }
}
