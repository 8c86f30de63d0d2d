package dev.platform.starter.http;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.actuate.autoconfigure.observation.ObservationProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

/**
 * Names the spans of requests over HTTP, and marks those that failed. An own convention bean names
 * them otherwise.
 */
@AutoConfiguration
@ConditionalOnClass(HttpServletRequest.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@EnableConfigurationProperties(ObservationProperties.class)
public final class HttpSpanAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ServerRequestObservationConvention httpSpanNames(ObservationProperties properties) {
    return new HttpSpanNames(properties.getHttp().getServer().getRequests().getName());
  }

  @Bean
  FailedRequests failedHttpRequests() {
    return new FailedRequests();
  }
}
