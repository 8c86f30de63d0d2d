package dev.platform.starter.http;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.observation.ObservationProperties;
import org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

/**
 * Names the spans of requests over HTTP, marks those that failed, and leaves out probes. An own
 * convention bean names them otherwise.
 */
@AutoConfiguration(
    after = {OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class})
@ConditionalOnClass(HttpServletRequest.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@EnableConfigurationProperties({ObservationProperties.class, HttpTelemetryProperties.class})
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

  @Bean
  @ConditionalOnBean({Tracer.class, Propagator.class})
  UntracedRequests untracedHttpRequests(
      HttpTelemetryProperties properties,
      Tracer tracer,
      Propagator propagator,
      @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
    Set<String> paths = properties.untracedPaths();
    return new UntracedRequests(
        paths == null ? Set.of(actuator + "/**") : paths, tracer, propagator);
  }
}
