package dev.platform.starter.caller;

import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Tells callees who calls. Off with {@code platform.caller.enabled=false}. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.caller.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CallerProperties.class)
public final class CallerAutoConfiguration {

  /** Inside the circuit breaker (2700): a call that is not made needs no name. */
  static final int ORDER = 2800;

  @Bean
  @Order(ORDER)
  @GrpcGlobalClientInterceptor
  CallerClientInterceptor callerClientInterceptor(
      CallerProperties properties, Environment environment) {
    String name = properties.name();
    return new CallerClientInterceptor(
        name == null ? environment.getProperty("spring.application.name", "application") : name);
  }
}
