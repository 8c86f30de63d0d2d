package dev.platform.starter.fault;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Lets faults be injected into calls while the application runs. Nothing of it is there unless
 * {@code platform.fault-injection.enabled=true}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.fault-injection.enabled")
@EnableConfigurationProperties(FaultProperties.class)
public final class FaultAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(FaultAutoConfiguration.class);

  /** Inside all limits (5300, 5400), outside what knows the handler: in the handler's place. */
  static final int SERVER_ORDER = 5500;

  /** Inside deadline, breaker and headers (up to 2800): in the callee's place. */
  static final int CLIENT_ORDER = 2900;

  @Bean
  FaultThreads faultThreads() {
    return new FaultThreads();
  }

  @Bean
  Faults faults(FaultThreads threads, ObjectProvider<MeterRegistry> meters) {
    return new Faults(
        threads, Clock.systemUTC(), meters.getIfAvailable(CompositeMeterRegistry::new));
  }

  @Bean
  @Order(SERVER_ORDER)
  @GrpcGlobalServerInterceptor
  FaultServerInterceptor faultServerInterceptor(Faults faults, FaultThreads threads) {
    return new FaultServerInterceptor(faults, threads);
  }

  @Bean
  @Order(CLIENT_ORDER)
  @GrpcGlobalClientInterceptor
  FaultClientInterceptor faultClientInterceptor(Faults faults, FaultThreads threads) {
    return new FaultClientInterceptor(faults, threads);
  }

  @Bean
  @ConditionalOnAvailableEndpoint
  FaultEndpoint faultEndpoint(Faults faults) {
    return new FaultEndpoint(faults);
  }

  @Bean
  SmartInitializingSingleton faultWarning(ObjectProvider<FaultEndpoint> endpoint) {
    return () ->
        log.warn(
            "Fault injection is on (platform.fault-injection.enabled): {}",
            endpoint.getIfAvailable() == null
                ? "but the endpoint faults is not exposed"
                    + " (management.endpoints.web.exposure.include), so nobody can inject any"
                : "whoever reaches the endpoint faults can delay and abort this process's calls");
  }
}
