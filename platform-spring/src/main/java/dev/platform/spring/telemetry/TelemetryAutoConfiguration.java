package dev.platform.spring.telemetry;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.telemetry.CallLog;
import dev.platform.core.telemetry.GrpcCallConvention;
import dev.platform.core.telemetry.GrpcTelemetry;
import dev.platform.core.telemetry.HeaderPropagation;
import dev.platform.core.telemetry.LogRateLimit;
import dev.platform.core.telemetry.OpenTelemetryCallConvention;
import dev.platform.core.telemetry.SpanSource;
import dev.platform.core.telemetry.TelemetryClientInterceptor;
import dev.platform.core.telemetry.TelemetryServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Observes gRPC calls. Spans are off with {@code management.tracing.enabled=false}. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnBooleanProperty(name = "platform.telemetry.grpc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TelemetryProperties.class)
public final class TelemetryAutoConfiguration {

  private static final String SCOPE = "dev.platform.grpc";

  @Bean
  @ConditionalOnMissingBean
  GrpcCallConvention grpcCallConvention(TelemetryProperties properties) {
    return new OpenTelemetryCallConvention(properties.keys());
  }

  @Bean
  GrpcTelemetry grpcTelemetry(
      GrpcCallConvention convention,
      CallRecorder recorder,
      TelemetryProperties properties,
      ObjectProvider<OpenTelemetry> tracing,
      ObjectProvider<Sampler> sampler,
      ObjectProvider<MeterRegistry> meters,
      Environment environment) {
    TelemetryProperties.Log log = properties.log();
    return new GrpcTelemetry(
        convention,
        recorder,
        new SpanSource(
            tracing(tracing, environment).getTracer(SCOPE),
            properties.untracedServices(),
            Samplers.followCallers(sampler.getIfAvailable())),
        side ->
            new CallLog(
                side,
                log.slowAfter(),
                () -> new LogRateLimit(log.linesPerSecond(), System::nanoTime)),
        meters.getIfAvailable());
  }

  @Bean
  HeaderPropagation grpcHeaderPropagation(
      ObjectProvider<OpenTelemetry> tracing, Environment environment) {
    TextMapPropagator all = tracing(tracing, environment).getPropagators().getTextMapPropagator();
    // Boot's propagator looks for baggage with streams, even in calls without any.
    boolean boots = all.getClass().getSimpleName().equals("CompositeTextMapPropagator");
    return boots ? HeaderPropagation.ofW3cTraces(all) : new HeaderPropagation(all);
  }

  @Bean
  ServerLink telemetryServerInterceptor(GrpcTelemetry telemetry, HeaderPropagation propagation) {
    return new ServerLink(
        ServerStage.TELEMETRY, new TelemetryServerInterceptor(telemetry, propagation));
  }

  @Bean
  ClientLink telemetryClientInterceptor(GrpcTelemetry telemetry, HeaderPropagation propagation) {
    return new ClientLink(
        ClientStage.TELEMETRY, new TelemetryClientInterceptor(telemetry, propagation));
  }

  @Bean
  @ConditionalOnBean({Tracer.class, ObservationRegistry.class})
  TracePropagation tracePropagation(ObservationRegistry observations, Tracer tracer) {
    return new TracePropagation(observations, tracer);
  }

  private static OpenTelemetry tracing(
      ObjectProvider<OpenTelemetry> tracing, Environment environment) {
    // Boot's switch turns propagation and export off, but spans would still be created.
    boolean enabled =
        environment.getProperty("management.tracing.enabled", Boolean.class, true)
            && environment.getProperty("management.tracing.export.enabled", Boolean.class, true);
    return enabled ? tracing.getIfAvailable(OpenTelemetry::noop) : OpenTelemetry.noop();
  }
}
