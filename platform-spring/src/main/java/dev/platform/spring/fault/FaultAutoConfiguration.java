package dev.platform.spring.fault;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.fault.FaultClientInterceptor;
import dev.platform.core.fault.FaultServerInterceptor;
import dev.platform.core.fault.FaultThreads;
import dev.platform.core.fault.Faults;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

/**
 * Injects faults into calls while the application runs. Absent unless {@code
 * platform.fault-injection.enabled=true}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.fault-injection.enabled")
@EnableConfigurationProperties(FaultProperties.class)
public final class FaultAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(FaultAutoConfiguration.class);

  @Bean
  FaultThreads faultThreads() {
    return new FaultThreads(Threads.daemons());
  }

  @Bean
  Faults faults(FaultThreads threads, ObjectProvider<MeterRegistry> meters) {
    return new Faults(
        threads,
        Clock.systemUTC(),
        () -> ThreadLocalRandom.current().nextDouble(),
        meters.getIfAvailable(CompositeMeterRegistry::new));
  }

  @Bean
  ServerLink faultServerInterceptor(Faults faults, FaultThreads threads) {
    return new ServerLink(
        ServerStage.FAULT_INJECTION,
        new FaultServerInterceptor(
            faults, threads, new ContextPropagatingTaskDecorator()::decorate));
  }

  @Bean
  ClientLink faultClientInterceptor(Faults faults, FaultThreads threads) {
    return new ClientLink(ClientStage.FAULT_INJECTION, new FaultClientInterceptor(faults, threads));
  }

  @Bean
  SmartInitializingSingleton faultWarning(ObjectProvider<FaultEndpoint> endpoint) {
    return () ->
        log.warn(
            "Fault injection is on (platform.fault-injection.enabled): {}",
            endpoint.getIfAvailable() == null
                ? "but the endpoint faults is not exposed"
                    + " (management.endpoints.web.exposure.include), so no fault can be injected"
                : "clients of the endpoint faults can delay and abort this process's calls");
  }

  /** The actuator endpoint {@code faults}. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Endpoint {

    @Bean
    @ConditionalOnAvailableEndpoint
    FaultEndpoint faultEndpoint(Faults faults) {
      return new FaultEndpoint(faults);
    }
  }
}
