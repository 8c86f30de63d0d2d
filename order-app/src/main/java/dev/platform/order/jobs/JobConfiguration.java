package dev.platform.order.jobs;

import dev.platform.order.OrderProperties;
import dev.platform.order.domain.Backlogs;
import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.DueBatches;
import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.FollowUpTracer;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.Notifier;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Outbox;
import dev.platform.order.domain.ParkedWork;
import dev.platform.order.domain.Payments;
import dev.platform.order.domain.RecoverOrders;
import dev.platform.order.domain.RetryPolicy;
import dev.platform.order.domain.SettleOrder;
import dev.platform.order.domain.Task;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the background jobs, which are framework-free. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

  @Bean
  JobThreads jobThreads(OrderProperties properties) {
    return new JobThreads(properties.jobs().atOnce());
  }

  @Bean
  RetryPolicy retryPolicy(OrderProperties properties) {
    OrderProperties.Jobs jobs = properties.jobs();
    return new RetryPolicy(jobs.maxAttempts(), jobs.longestPause());
  }

  @Bean
  RecoverOrders recoverOrders(
      Orders orders,
      Payments payments,
      SettleOrder settle,
      FailedWork failedWork,
      FollowUpTracer followUpTracer,
      JobThreads threads,
      Clock clock,
      OrderProperties properties) {
    Duration retryAfter = properties.recoveryAfter();
    return new RecoverOrders(
        orders,
        payments,
        settle,
        clock,
        properties.cancelAfter(),
        batches(Task.RECOVERY, failedWork, threads, retryAfter, clock, properties),
        followUpTracer);
  }

  @Bean
  FulfilOrders fulfilOrders(
      Orders orders,
      FailedWork failedWork,
      JobThreads threads,
      Clock clock,
      OrderProperties properties) {
    Duration step = properties.fulfilmentStep();
    return new FulfilOrders(
        orders,
        clock,
        step,
        batches(Task.FULFILMENT, failedWork, threads, step, clock, properties));
  }

  @Bean
  DeliverNotifications deliverNotifications(
      Outbox outbox,
      Notifier notifier,
      FailedWork failedWork,
      FollowUpTracer followUpTracer,
      JobThreads threads,
      Clock clock,
      OrderProperties properties) {
    Duration retryAfter = properties.notificationRetry();
    return new DeliverNotifications(
        outbox,
        notifier,
        batches(Task.NOTIFICATION, failedWork, threads, retryAfter, clock, properties),
        failedWork,
        followUpTracer);
  }

  @Bean
  JobMeters jobMeters(Backlogs backlogs, Clock clock, MeterRegistry meters) {
    return new JobMeters(backlogs, clock, meters);
  }

  @Bean
  ParkedEndpoint parkedEndpoint(ParkedWork parkedWork) {
    return new ParkedEndpoint(parkedWork);
  }

  private static DueBatches batches(
      Task task,
      FailedWork failedWork,
      JobThreads threads,
      Duration retryAfter,
      Clock clock,
      OrderProperties properties) {
    return new DueBatches(
        task, failedWork, threads.of(task), properties.jobs().batch(), retryAfter, clock);
  }
}
