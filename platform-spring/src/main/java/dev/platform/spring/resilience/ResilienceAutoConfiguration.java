package dev.platform.spring.resilience;

import dev.platform.core.breaker.CallNotPermittedMapper;
import dev.platform.core.breaker.CircuitBreakerClientInterceptor;
import dev.platform.core.breaker.ServiceBreakers;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.outcome.OutcomeClassifier;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.common.circuitbreaker.configuration.CircuitBreakerConfigCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Circuit breakers for outgoing calls, and Resilience4j's annotations on bean methods. */
@AutoConfiguration(
    after = OutcomeAutoConfiguration.class,
    afterName = {
      "io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
      "io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration"
    })
@EnableConfigurationProperties(CircuitBreakerProperties.class)
public final class ResilienceAutoConfiguration {

  /** Inside tracing and deadline, which see calls that are refused here. */
  static final int ORDER = 2700;

  @Bean
  @ConditionalOnMissingBean
  static CircuitBreakerConfigCustomizer breakerPredicates(
      OutcomeClassifier outcomes, Environment environment) {
    return BreakerPredicates.customizer(outcomes, environment);
  }

  @Bean
  static AnnotatedMethods annotatedMethods() {
    return new AnnotatedMethods();
  }

  @Bean
  static AnnotatedOperations annotatedOperations(AnnotatedMethods seen) {
    return new AnnotatedOperations(seen);
  }

  /** After the application's own mappers. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  CallNotPermittedMapper callNotPermittedMapper() {
    return new CallNotPermittedMapper();
  }

  @Bean
  @ConditionalOnBean(CircuitBreakerRegistry.class)
  ServiceBreakers serviceBreakers(
      CircuitBreakerRegistry breakers, CircuitBreakerProperties properties, CallRecorder recorder) {
    return new ServiceBreakers(breakers, properties.settings(), recorder::nanoTime);
  }

  @Bean
  @ConditionalOnBean(CircuitBreakerRegistry.class)
  @ConditionalOnBooleanProperty(
      name = "platform.resilience.circuit-breaker.enabled",
      matchIfMissing = true)
  ClientLink circuitBreakerClientInterceptor(ServiceBreakers callees) {
    return new ClientLink(
        ClientStage.CIRCUIT_BREAKER, new CircuitBreakerClientInterceptor(callees));
  }
}
