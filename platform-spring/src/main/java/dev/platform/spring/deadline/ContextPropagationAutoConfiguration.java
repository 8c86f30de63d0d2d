package dev.platform.spring.deadline;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.task.SimpleAsyncTaskExecutorCustomizer;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.boot.task.ThreadPoolTaskExecutorCustomizer;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import reactor.core.publisher.Hooks;

/**
 * Spring's executors and Reactor carry the trace and gRPC's context to their threads. Off for
 * Reactor with {@code spring.reactor.context-propagation=limited}.
 */
@AutoConfiguration
public final class ContextPropagationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(TaskDecorator.class)
  TaskDecorator contextPropagatingTaskDecorator() {
    return new ContextPropagatingTaskDecorator();
  }

  /** Before others, so that a decorator that the application's customizer sets wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ThreadPoolTaskExecutorCustomizer contextPoolCustomizer(ObjectProvider<TaskDecorator> own) {
    return executor -> executor.setTaskDecorator(all(own));
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  SimpleAsyncTaskExecutorCustomizer contextThreadsCustomizer(ObjectProvider<TaskDecorator> own) {
    return executor -> executor.setTaskDecorator(all(own));
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ThreadPoolTaskSchedulerCustomizer contextSchedulerPoolCustomizer(
      ObjectProvider<TaskDecorator> own) {
    return scheduler -> scheduler.setTaskDecorator(all(own));
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  SimpleAsyncTaskSchedulerCustomizer contextSchedulerThreadsCustomizer(
      ObjectProvider<TaskDecorator> own) {
    return scheduler -> scheduler.setTaskDecorator(all(own));
  }

  private static TaskDecorator all(ObjectProvider<TaskDecorator> own) {
    return ContextTaskDecorators.with(own.orderedStream().toList());
  }

  /** As Spring Boot does, whose module for Reactor may be missing on 4.1. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Hooks.class)
  @ConditionalOnProperty(name = "spring.reactor.context-propagation", havingValue = "auto")
  static class Reactor {

    @Bean
    SmartInitializingSingleton reactorContextPropagation() {
      return Hooks::enableAutomaticContextPropagation;
    }
  }
}
