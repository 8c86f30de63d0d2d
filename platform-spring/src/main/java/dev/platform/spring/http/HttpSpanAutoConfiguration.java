package dev.platform.spring.http;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

/**
 * On Spring MVC: names the spans of HTTP requests, marks failed ones, and omits probes. A
 * convention application's own replaces the names.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration"
    })
@ConditionalOnClass(HttpServletRequest.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@EnableConfigurationProperties(HttpTelemetryProperties.class)
public final class HttpSpanAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ServerRequestObservationConvention httpSpanNames(
      @Value("${management.observations.http.server.requests.name:http.server.requests}")
          String name) {
    return new HttpSpanNames(name);
  }

  @Bean
  FailedRequests<ServerRequestObservationContext> failedHttpRequests() {
    return new FailedRequests<>(
        ServerRequestObservationContext.class,
        context -> {
          HttpServletResponse response = context.getResponse();
          return response == null ? FailedRequests.NONE : response.getStatus();
        });
  }

  @Bean
  @ConditionalOnBean({Tracer.class, Propagator.class})
  UntracedRequests<ServerRequestObservationContext> untracedHttpRequests(
      HttpTelemetryProperties properties,
      Tracer tracer,
      Propagator propagator,
      @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
    return new UntracedRequests<>(
        new UntracedRequests.Kind<>(
            ServerRequestObservationContext.class,
            context -> path(context.getCarrier()),
            (context, header) -> context.getCarrier().getHeader(header) != null),
        properties.untracedPathsOr(actuator),
        tracer,
        propagator);
  }

  private static String path(HttpServletRequest request) {
    return request.getRequestURI().substring(request.getContextPath().length());
  }
}
