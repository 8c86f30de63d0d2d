package dev.platform.boot4;

import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.spring.failure.FailureAutoConfiguration;
import io.grpc.StatusException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/**
 * Also uses Spring's {@link GrpcExceptionHandler} beans. Without this they would run outside the
 * platform's chain, where all exceptions are mapped already.
 */
@AutoConfiguration(before = FailureAutoConfiguration.class)
public final class ExceptionHandlersAutoConfiguration {

  /** After the application's own mappers, before the platform's. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  GrpcExceptionMapper exceptionHandlersMapper(ObjectProvider<GrpcExceptionHandler> handlers) {
    List<GrpcExceptionHandler> known = handlers.orderedStream().toList();
    return failure -> status(failure, known);
  }

  private static @Nullable StatusException status(
      Throwable failure, List<GrpcExceptionHandler> handlers) {
    for (GrpcExceptionHandler handler : handlers) {
      StatusException status = handler.handleException(failure);
      if (status != null) {
        return status;
      }
    }
    return null;
  }
}
