package dev.platform.starter.telemetry;

import dev.platform.starter.outcome.OutcomeClassifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Observes gRPC calls. Spans are off with {@code management.tracing.enabled=false}. */
@AutoConfiguration(
    after = {
      OpenTelemetryTracingAutoConfiguration.class,
      ObservationAutoConfiguration.class,
      CompositeMeterRegistryAutoConfiguration.class
    })
@ConditionalOnBooleanProperty(name = "platform.telemetry.grpc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TelemetryProperties.class)
public final class TelemetryAutoConfiguration {

  /** Outside all that may end a call, inside the marking of refusals (2400). */
  static final int ORDER = 2500;

  private static final String SCOPE = "dev.platform.grpc";

  @Bean
  @ConditionalOnMissingBean
  GrpcCallConvention grpcCallConvention(TelemetryProperties properties) {
    return new OpenTelemetryCallConvention(properties.keys());
  }

  @Bean
  GrpcTelemetry grpcTelemetry(
      GrpcCallConvention convention,
      OutcomeClassifier outcomes,
      TelemetryProperties properties,
      ObjectProvider<OpenTelemetry> tracing,
      ObjectProvider<Sampler> sampler,
      ObjectProvider<MeterRegistry> meters,
      Environment environment) {
    TelemetryProperties.Log log = properties.log();
    return new GrpcTelemetry(
        convention,
        outcomes,
        SpanSource.of(
            tracing(tracing, environment).getTracer(SCOPE),
            properties.untracedServices(),
            sampler.getIfAvailable()),
        side ->
            new CallLog(
                side, log.slowAfter(), () -> new LineLimit(log.linesPerSecond(), System::nanoTime)),
        meters.getIfAvailable());
  }

  @Bean
  HeaderPropagation grpcHeaderPropagation(
      ObjectProvider<OpenTelemetry> tracing, Environment environment) {
    return new HeaderPropagation(
        tracing(tracing, environment).getPropagators().getTextMapPropagator());
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalServerInterceptor
  TelemetryServerInterceptor telemetryServerInterceptor(
      GrpcTelemetry telemetry, HeaderPropagation propagation) {
    return new TelemetryServerInterceptor(telemetry, propagation);
  }

  @Bean
  @Order(ORDER)
  @GrpcGlobalClientInterceptor
  TelemetryClientInterceptor telemetryClientInterceptor(
      GrpcTelemetry telemetry, HeaderPropagation propagation) {
    return new TelemetryClientInterceptor(telemetry, propagation);
  }

  @Bean
  @ConditionalOnBean({Tracer.class, ObservationRegistry.class})
  TracePropagation tracePropagation(ObservationRegistry observations, Tracer tracer) {
    return new TracePropagation(observations, tracer);
  }

  private static OpenTelemetry tracing(
      ObjectProvider<OpenTelemetry> tracing, Environment environment) {
    // Boot's switch turns propagation and export off, but spans would still be made.
    boolean enabled = environment.getProperty("management.tracing.enabled", Boolean.class, true);
    return enabled ? tracing.getIfAvailable(OpenTelemetry::noop) : OpenTelemetry.noop();
  }
}
