package dev.platform.starter;

import io.grpc.BindableService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import net.devh.boot.grpc.server.service.GrpcService;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * Server reflection in its final version, beside net.devh's {@code v1alpha}. Both are off unless
 * {@code grpc.server.reflection-service-enabled=true}.
 */
@AutoConfiguration
@ConditionalOnProperty("grpc.server.reflection-service-enabled")
public final class ReflectionAutoConfiguration {

  @Bean
  @GrpcService
  BindableService platformReflectionService() {
    return ProtoReflectionServiceV1.newInstance();
  }
}
