package dev.platform.starter.retry;

import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Makes calls again, and lets one hop alone do so. Without retries of its own ({@code
 * platform.resilience.retry.enabled=false}) a process still hands on that a hop above it retries.
 */
@AutoConfiguration
@EnableConfigurationProperties({RetryProperties.class, HedgingProperties.class})
public final class RetryAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(RetryAutoConfiguration.class);

  /** Inside the circuit breaker (2700): a call counts once there, by its last attempt. */
  static final int ORDER = 2800;

  @Bean
  RepeatedCalls repeatedCalls(RetryProperties retry, HedgingProperties hedging) {
    hedging
        .methods()
        .forEach(
            (method, delay) ->
                log.info(
                    "Calls of {} are hedged after {} ms, and not retried",
                    method,
                    delay.toMillis()));
    return new RepeatedCalls(retry, hedging);
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalClientInterceptor
  RetryClientInterceptor retryClientInterceptor() {
    return new RetryClientInterceptor();
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalServerInterceptor
  RetryServerInterceptor retryServerInterceptor() {
    return new RetryServerInterceptor();
  }
}
