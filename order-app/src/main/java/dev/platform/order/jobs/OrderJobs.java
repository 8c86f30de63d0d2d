package dev.platform.order;

import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.RecoverOrders;
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
  private final OrderProperties properties;

  OrderJobs(
      RecoverOrders recoverOrders,
      FulfilOrders fulfilOrders,
      DeliverNotifications deliverNotifications,
      OrderProperties properties) {
    this.recoverOrders = recoverOrders;
    this.fulfilOrders = fulfilOrders;
    this.deliverNotifications = deliverNotifications;
    this.properties = properties;
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar registrar) {
    schedule(registrar, "order recovery", recoverOrders::next);
    schedule(registrar, "fulfilment", fulfilOrders::next);
    schedule(registrar, "notification delivery", deliverNotifications::next);
  }

  private void schedule(ScheduledTaskRegistrar registrar, String name, BooleanSupplier next) {
    RepeatedJob job =
        new RepeatedJob(
            name, next, properties.jobInterval(), () -> ThreadLocalRandom.current().nextDouble());
    registrar.addTriggerTask(job, job);
  }
}
