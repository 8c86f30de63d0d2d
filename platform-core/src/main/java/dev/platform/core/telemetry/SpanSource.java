package dev.platform.core.telemetry;

import io.grpc.MethodDescriptor;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.Set;

/**
 * Creates spans, and decides which calls have none.
 *
 * @param tracer creates the spans
 * @param untracedServices services whose calls begin no trace
 * @param followsCallers whether a span below an unrecorded one is never recorded
 */
public record SpanSource(Tracer tracer, Set<String> untracedServices, boolean followsCallers) {

  /** Whether the tracer creates spans at all. */
  boolean traces() {
    return tracer != TracerProvider.noop().get("");
  }

  boolean beginsTraces(MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return service == null || !untracedServices.contains(service);
  }
}
