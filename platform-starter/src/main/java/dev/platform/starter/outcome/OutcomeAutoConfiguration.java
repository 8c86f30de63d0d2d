package dev.platform.starter.outcome;

import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** How calls are judged, and how refusals travel up. */
@AutoConfiguration
public final class OutcomeAutoConfiguration {

  /** Outside whatever turns exceptions into statuses, and all that refuses calls. */
  static final int ORDER = 2400;

  @Bean
  @ConditionalOnMissingBean
  OutcomeClassifier outcomeClassifier() {
    return OutcomeClassifier.standard();
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalServerInterceptor
  RejectionServerInterceptor rejectionServerInterceptor() {
    return new RejectionServerInterceptor();
  }
}
