package dev.platform.starter.deadline;

import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** Time-boxes outgoing calls. Off with {@code platform.deadline.default-timeout=0s}. */
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
}
