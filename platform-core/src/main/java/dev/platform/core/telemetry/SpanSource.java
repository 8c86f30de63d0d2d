package dev.platform.core.telemetry;

import io.grpc.MethodDescriptor;
import io.opentelemetry.api.trace.Tracer;
import java.util.Set;

/**
 * Where spans come from, and which calls have none of their own.
 *
 * @param tracer makes them
 * @param untracedServices services whose calls begin no trace
 * @param followsCallers whether nothing is ever recorded below a span that is not
 */
public record SpanSource(Tracer tracer, Set<String> untracedServices, boolean followsCallers) {

  boolean beginsTraces(MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return service == null || !untracedServices.contains(service);
  }
}
