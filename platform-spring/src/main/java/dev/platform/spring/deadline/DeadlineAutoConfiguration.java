package dev.platform.spring.deadline;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.deadline.DeadlineClientInterceptor;
import dev.platform.core.deadline.DeadlineServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Sets deadlines of calls, and propagates the remaining time. Default deadlines are off with {@code
 * platform.deadline.default-timeout=0s}.
 */
@AutoConfiguration
@EnableConfigurationProperties(DeadlineProperties.class)
public final class DeadlineAutoConfiguration {

  @Bean
  ClientLink deadlineClientInterceptor(DeadlineProperties properties) {
    return new ClientLink(
        ClientStage.DEADLINE, new DeadlineClientInterceptor(properties.settings()));
  }

  /** Inside tracing and the marking of refusals (2400), outside limits and the handler. */
  @Bean
  ServerLink deadlineServerInterceptor(
      DeadlineProperties properties, ObjectProvider<MeterRegistry> meters) {
    return new ServerLink(
        ServerStage.DEADLINE,
        new DeadlineServerInterceptor(
            properties.settings(),
            meters.getIfAvailable(CompositeMeterRegistry::new),
            System::nanoTime));
  }
}
