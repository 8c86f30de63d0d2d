package dev.platform.starter.drain;

import dev.platform.starter.registry.AutoRegistration;
import dev.platform.starter.registry.RegistryAutoConfiguration;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Optional;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** Makes a process leave discovery before its servers stop. */
@AutoConfiguration(
    after = RegistryAutoConfiguration.class,
    afterName = "net.devh.boot.grpc.server.autoconfigure.GrpcHealthServiceAutoConfiguration")
@EnableConfigurationProperties(DrainProperties.class)
public final class DrainAutoConfiguration {

  @Bean
  Drain drain(
      ApplicationContext context,
      Optional<AutoRegistration> registration,
      Optional<HealthStatusManager> health,
      DrainProperties properties) {
    return new Drain(context, registration, health, properties.delay());
  }
}
