package dev.platform.order.trace;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.tracing.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Samples an order's background work whenever its request was sampled. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

  @Bean
  SdkTracerProviderBuilderCustomizer linkedSampling(ObjectProvider<Sampler> sampler) {
    return builder -> sampler.ifAvailable(s -> builder.setSampler(new LinkedSampler(s)));
  }
}
