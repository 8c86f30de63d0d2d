package dev.platform.core.telemetry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * A span and a timer of each call that is made, attempts included: where a call was tried more than
 * once, each attempt has a span of its own below it.
 */
public final class TelemetryClientInterceptor implements ClientInterceptor {

  private final GrpcTelemetry telemetry;
  private final HeaderPropagation propagation;

  public TelemetryClientInterceptor(GrpcTelemetry telemetry, HeaderPropagation propagation) {
    this.telemetry = telemetry;
    this.propagation = propagation;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallTelemetry made = telemetry.made(next.authority(), method);
    CallSpan span = new CallSpan();
    Attempts attempts = new Attempts(made, span);
    CallOptions observed =
        options.withOption(CallSpan.OPTION, span).withStreamTracerFactory(attempts);
    return new TracedClientCall<>(next.newCall(method, observed), made, span, propagation);
  }
}
