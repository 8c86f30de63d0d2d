package dev.platform.starter.retry;

import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Lets one hop alone retry. The retries themselves are in the channel's service config. Off with
 * {@code platform.resilience.retry.enabled=false}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.resilience.retry.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RetryProperties.class)
public final class RetryAutoConfiguration {

  /** Inside the circuit breaker (2700): a call counts once there, by its last attempt. */
  static final int ORDER = 2800;

  @Bean
  @Order(ORDER)
  @GrpcGlobalClientInterceptor
  RetryClientInterceptor retryClientInterceptor(RetryProperties properties) {
    return new RetryClientInterceptor(properties);
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalServerInterceptor
  RetryServerInterceptor retryServerInterceptor() {
    return new RetryServerInterceptor();
  }
}
