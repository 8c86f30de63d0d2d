package dev.platform.order.edge;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the HTTP request the parent of the call. It adds no span: between the edge and a service in
 * the same process there is nothing to measure.
 */
final class TraceContextInterceptor implements ClientInterceptor {

  private final Tracer tracer;
  private final Propagator propagator;

  TraceContextInterceptor(Tracer tracer, Propagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        Span current = tracer.currentSpan();
        if (current != null) {
          propagator.inject(current.context(), headers, TraceContextInterceptor::put);
        }
        super.start(listener, headers);
      }
    };
  }

  private static void put(@Nullable Metadata headers, String name, String value) {
    if (headers != null) {
      headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }
  }
}
