package dev.platform.order;

import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.RecoverOrders;
import dev.platform.order.domain.RemoteFailure;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.transaction.TransactionException;

/**
 * Runs what is due, on Spring's scheduler: each job until it finds nothing more, then again after a
 * pause. Every instance runs all of them; the database deals the work out.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class OrderJobs implements SchedulingConfigurer {

  private static final Logger log = LoggerFactory.getLogger(OrderJobs.class);

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
    registrar.addFixedDelayTask(new Job(name, next), properties.jobInterval());
  }

  private record Job(String name, BooleanSupplier next, AtomicBoolean held) implements Runnable {

    Job(String name, BooleanSupplier next) {
      this(name, next, new AtomicBoolean());
    }

    @Override
    public void run() {
      try {
        while (!Thread.currentThread().isInterrupted() && next.getAsBoolean()) {
          if (held.getAndSet(false)) {
            log.info("{} goes on", name);
          }
        }
      } catch (RemoteFailure e) {
        if (!held.getAndSet(true)) {
          log.warn("{} is held up, what is due is tried again later: {}", name, e.getMessage());
        }
      } catch (DataAccessException | TransactionException e) {
        if (!held.getAndSet(true)) {
          log.warn("{} is held up by the database, it is tried again later", name, e);
        }
      }
    }
  }
}
