package dev.platform.starter.telemetry;

import io.grpc.MethodDescriptor;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where spans come from, and which calls have none of their own.
 *
 * @param tracer makes them
 * @param untracedServices services whose calls begin no trace
 * @param followsCallers whether nothing is ever recorded below a span that is not
 */
record SpanSource(Tracer tracer, Set<String> untracedServices, boolean followsCallers) {

  static SpanSource of(Tracer tracer, Set<String> untracedServices, @Nullable Sampler sampler) {
    return new SpanSource(tracer, untracedServices, sampler != null && followsCallers(sampler));
  }

  /** Boot's sampler does. Of what one is made of, it tells in its description alone. */
  private static boolean followsCallers(Sampler sampler) {
    String parts = sampler.getDescription();
    return parts.startsWith("ParentBased{")
        && parts.contains("remoteParentNotSampled:AlwaysOffSampler")
        && parts.contains("localParentNotSampled:AlwaysOffSampler");
  }

  boolean beginsTraces(MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return service == null || !untracedServices.contains(service);
  }
}
