package dev.platform.core.telemetry;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * Creates a span and records a timer and a log line for each served call. The span is current
 * whenever the handler runs, and travels in gRPC's context. It ends with the status that is sent,
 * or with the cancellation. Thread-safe, never blocks.
 */
public final class TelemetryServerInterceptor implements ServerInterceptor {

  private final GrpcTelemetry telemetry;
  private final HeaderPropagation propagation;

  public TelemetryServerInterceptor(GrpcTelemetry telemetry, HeaderPropagation propagation) {
    this.telemetry = telemetry;
    this.propagation = propagation;
  }

  /** The same for calls that are neither counted nor logged, such as those of a warm-up. */
  public TelemetryServerInterceptor unmetered() {
    return new TelemetryServerInterceptor(telemetry.unmetered(), propagation);
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CallTelemetry method = telemetry.served(call.getMethodDescriptor());
    Context parent = propagation.extract(headers);
    Span span = method.start(parent);
    Context context = CallTelemetry.with(parent, span);
    TracedServerCall<Q, A> served =
        new TracedServerCall<>(call, telemetry.recorder(), method, span, context);
    ServedContext scope = ServedContext.of(context);
    io.grpc.Context before = scope.enter();
    try (Scope ignored = context.makeCurrent()) {
      return new TracedServerListener<>(next.startCall(served, headers), served, scope);
    } catch (RuntimeException | Error e) {
      served.failed(e);
      throw e;
    } finally {
      scope.leave(before);
    }
  }
}
