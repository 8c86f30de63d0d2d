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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
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

  private static void warn(String reach) {
    log.warn("Fault injection is on (platform.fault-injection.enabled): {}", reach);
  }

  /** The actuator endpoint {@code faults}. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(EndpointAccessResolver.class)
  static class Endpoint {

    @Bean
    @ConditionalOnAvailableEndpoint
    FaultEndpoint faultEndpoint(Faults faults) {
      return new FaultEndpoint(faults);
    }

    @Bean
    SmartInitializingSingleton faultWarning(
        ObjectProvider<FaultEndpoint> endpoint, ObjectProvider<EndpointAccessResolver> access) {
      return () ->
          warn(reach(endpoint.getIfAvailable() != null, isWritable(access.getIfAvailable())));
    }

    private static String reach(boolean exposed, boolean writable) {
      if (!exposed) {
        return "but the endpoint faults is not exposed (management.endpoints.web.exposure.include),"
            + " so no fault can be injected";
      }
      return writable
          ? "clients of the endpoint faults can delay and abort this process's calls"
          : "but the endpoint faults is read-only (management.endpoints.access.max-permitted),"
              + " so no fault can be injected";
    }

    private static boolean isWritable(@Nullable EndpointAccessResolver access) {
      return access == null
          || access.accessFor(EndpointId.of("faults"), Access.UNRESTRICTED) == Access.UNRESTRICTED;
    }
  }

  /** Without the actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass("org.springframework.boot.actuate.endpoint.EndpointAccessResolver")
  static class NoEndpoint {

    @Bean
    SmartInitializingSingleton faultWarning() {
      return () -> warn("but there is no actuator, so no fault can be injected");
    }
  }
}
