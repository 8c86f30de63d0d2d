package dev.platform.spring.http;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import reactor.core.publisher.Mono;

/** {@link HttpSpanAutoConfiguration} on WebFlux. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration"
    })
@ConditionalOnClass({Mono.class, ServerRequestObservationConvention.class})
@ConditionalOnWebApplication(type = Type.REACTIVE)
@EnableConfigurationProperties(HttpTelemetryProperties.class)
public final class ReactiveHttpSpanAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ServerRequestObservationConvention reactiveHttpSpanNames(
      @Value("${management.observations.http.server.requests.name:http.server.requests}")
          String name) {
    return new ReactiveHttpSpanNames(name);
  }

  @Bean
  FailedRequests<ServerRequestObservationContext> failedHttpRequests() {
    return new FailedRequests<>(
        ServerRequestObservationContext.class,
        context -> {
          Integer status = ReactiveHttpSpanNames.statusCode(context);
          return status == null ? FailedRequests.NONE : status;
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
            context -> context.getCarrier().getPath().pathWithinApplication().value(),
            (context, header) -> context.getCarrier().getHeaders().getFirst(header) != null),
        properties.untracedPathsOr(actuator),
        tracer,
        propagator);
  }
}
