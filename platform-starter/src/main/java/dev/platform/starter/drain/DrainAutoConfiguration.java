package dev.platform.starter.drain;

import dev.platform.starter.registry.AutoRegistration;
import dev.platform.starter.registry.RegistryAutoConfiguration;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Lets a process come and go without a caller noticing. */
@AutoConfiguration(
    after = RegistryAutoConfiguration.class,
    afterName = "net.devh.boot.grpc.server.autoconfigure.GrpcHealthServiceAutoConfiguration")
@EnableConfigurationProperties(DrainProperties.class)
public final class DrainAutoConfiguration {

  @Bean
  GrpcHealth grpcHealth(Optional<HealthStatusManager> manager) {
    return new GrpcHealth(manager);
  }

  /** Next to the handler, so that tracing and metrics see how a stream was ended. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  @GrpcGlobalServerInterceptor
  OpenCalls openCalls() {
    return new OpenCalls();
  }

  /** Outside all others, to know when the last of them is done. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  @GrpcGlobalServerInterceptor
  UnfinishedCalls unfinishedCalls() {
    return new UnfinishedCalls();
  }

  @Bean
  Lifecycle lifecycle(
      ConfigurableApplicationContext context,
      Optional<AutoRegistration> registration,
      GrpcHealth health,
      OpenCalls calls,
      UnfinishedCalls unfinished,
      DrainProperties properties) {
    return new Lifecycle(context, registration, health, calls, unfinished, properties);
  }

  @Bean
  MeterBinder lifecycleMetrics(Lifecycle lifecycle, OpenCalls calls) {
    return meters -> {
      for (LifecyclePhase phase : LifecyclePhase.values()) {
        Gauge.builder("platform.lifecycle.phase", lifecycle, l -> l.phase() == phase ? 1 : 0)
            .tag("phase", phase.name())
            .description("1 for the phase that the process is in")
            .register(meters);
      }
      Gauge.builder("platform.drain.open.calls", calls, OpenCalls::size)
          .description("gRPC calls under way in this process's server")
          .register(meters);
    };
  }
}
