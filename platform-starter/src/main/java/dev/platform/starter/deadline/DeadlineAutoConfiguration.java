package dev.platform.starter.deadline;

import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

/**
 * Time-boxes calls, and lets the time that is left travel with the work. Deadlines by default are
 * off with {@code platform.deadline.default-timeout=0s}.
 */
@AutoConfiguration
@EnableConfigurationProperties(DeadlineProperties.class)
public final class DeadlineAutoConfiguration {

  /** Inside tracing (2500), outside the circuit breaker (2700). */
  static final int ORDER = 2600;

  @Bean
  @Order(ORDER)
  @GrpcGlobalClientInterceptor
  DeadlineClientInterceptor deadlineClientInterceptor(DeadlineProperties properties) {
    return new DeadlineClientInterceptor(properties);
  }

  /** Inside tracing and the marking of refusals (2400), outside limits and the handler. */
  @Bean
  @Order(ORDER)
  @GrpcGlobalServerInterceptor
  DeadlineServerInterceptor deadlineServerInterceptor(DeadlineProperties properties) {
    return new DeadlineServerInterceptor(properties);
  }

  /** Spring's executors carry the trace and gRPC's context to their threads. */
  @Bean
  @ConditionalOnMissingBean(TaskDecorator.class)
  TaskDecorator contextPropagatingTaskDecorator() {
    return new ContextPropagatingTaskDecorator();
  }
}
