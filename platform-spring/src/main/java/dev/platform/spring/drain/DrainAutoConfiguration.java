package dev.platform.spring.drain;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.drain.Drain;
import dev.platform.core.drain.GrpcHealth;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.drain.OpenCalls;
import dev.platform.core.drain.UnfinishedCalls;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.spring.registry.AutoRegistration;
import dev.platform.spring.registry.OtherRegistrations;
import dev.platform.spring.registry.OtherRegistriesAutoConfiguration;
import dev.platform.spring.registry.RegistryAutoConfiguration;
import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Graceful start and stop. */
@AutoConfiguration(
    after = {RegistryAutoConfiguration.class, OtherRegistriesAutoConfiguration.class},
    afterName = {
      "net.devh.boot.grpc.server.autoconfigure.GrpcHealthServiceAutoConfiguration",
      "org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration"
    })
@EnableConfigurationProperties(DrainProperties.class)
public final class DrainAutoConfiguration {

  @Bean
  GrpcHealth grpcHealth(Optional<HealthStatusManager> manager) {
    return new GrpcHealth(manager);
  }

  @Bean
  ServerListener grpcHealthServices(GrpcHealth health) {
    return new ServerListener() {
      @Override
      public void grpcServerStarted(Server server, int port, @Nullable String address) {
        health.serverStarted(server);
      }
    };
  }

  @Bean
  OpenCalls openCalls() {
    return new OpenCalls();
  }

  @Bean
  ServerLink openCallsLink(OpenCalls calls) {
    return new ServerLink(ServerStage.OPEN_CALLS, calls);
  }

  @Bean
  UnfinishedCalls unfinishedCalls() {
    return new UnfinishedCalls();
  }

  @Bean
  ServerLink unfinishedCallsLink(UnfinishedCalls calls) {
    return new ServerLink(ServerStage.UNFINISHED_CALLS, calls);
  }

  @Bean
  Lifecycle lifecycle(
      ConfigurableApplicationContext context,
      Optional<AutoRegistration> registration,
      Optional<OtherRegistrations> others,
      Optional<ResolverContext> resolver,
      GrpcHealth health,
      OpenCalls calls,
      UnfinishedCalls unfinished,
      DrainProperties properties,
      Environment environment) {
    boolean behindServices =
        environment.getProperty("platform.mesh.enabled", Boolean.class, false)
            || CloudPlatform.KUBERNETES.isActive(environment);
    return new Lifecycle(
        context,
        registration,
        others,
        resolver,
        behindServices,
        new Drain(
            properties.settings(), calls, unfinished, health, System::nanoTime, Threads.daemons()));
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
          .description("gRPC calls in flight in this process's server")
          .register(meters);
    };
  }
}
