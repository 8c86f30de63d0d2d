package dev.platform.spring.failure;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.failure.FailureServerInterceptor;
import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.failure.GrpcExceptionMapping;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;

/**
 * Maps exceptions of gRPC handlers to statuses. Off with {@code
 * platform.grpc.exception-mapping.enabled=false}, and when the application has a
 * {@code @GrpcAdvice} of its own.
 */
@AutoConfiguration
@Conditional(NoGrpcAdvice.class)
@ConditionalOnBooleanProperty(
    name = "platform.grpc.exception-mapping.enabled",
    matchIfMissing = true)
@EnableConfigurationProperties(ExceptionMappingProperties.class)
public final class FailureAutoConfiguration {

  /** Next to the handler, so that all other interceptors see the caller's status. */
  static final int ORDER = Integer.MAX_VALUE;

  @Bean
  @ConditionalOnMissingBean
  GrpcExceptionMapping grpcExceptionMapping(ObjectProvider<GrpcExceptionMapper> mappers) {
    return new GrpcExceptionMapping(mappers.orderedStream().toList());
  }

  @Bean
  ServerLink failureServerInterceptor(GrpcExceptionMapping mapping) {
    return new ServerLink(ServerStage.EXCEPTION_MAPPING, new FailureServerInterceptor(mapping));
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({DataAccessException.class, TransactionException.class})
  static class Databases {

    /** After the application's own mappers. */
    @Bean
    @Order(ORDER)
    DatabaseExceptionMapper databaseExceptionMapper() {
      return new DatabaseExceptionMapper();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({AccessDeniedException.class, AuthenticationException.class})
  static class Security {

    /** After the application's own mappers. */
    @Bean
    @Order(ORDER)
    SecurityExceptionMapper securityExceptionMapper() {
      return new SecurityExceptionMapper();
    }
  }
}
