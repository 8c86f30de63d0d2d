package dev.platform.core.telemetry;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/** A call that is made. What its listener does belongs to the work of whoever made it. */
final class TracedClientCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

  private final CallTelemetry method;
  private final CallSpan span;
  private final HeaderPropagation propagation;

  TracedClientCall(
      ClientCall<Q, A> call, CallTelemetry method, CallSpan span, HeaderPropagation propagation) {
    super(call);
    this.method = method;
    this.span = span;
    this.propagation = propagation;
  }

  @Override
  public void start(Listener<A> listener, Metadata headers) {
    Context caller = Context.current();
    Span started = method.start(caller);
    span.set(started);
    propagation.inject(caller.with(started), headers);
    long startedAt = System.nanoTime();
    try {
      super.start(new Observed<>(listener, this, started, caller, startedAt), headers);
    } catch (RuntimeException | Error e) {
      Status thrown = Status.UNKNOWN.withCause(e);
      try (Scope ignored = CallTelemetry.with(caller, started).makeCurrent()) {
        method.end(started, thrown, null, System.nanoTime() - startedAt, () -> Attributes.EMPTY);
      }
      throw e;
    }
  }

  private static final class Observed<A> extends SimpleForwardingClientCallListener<A> {

    private final TracedClientCall<?, A> call;
    private final Span span;
    private final Context caller;
    private final long startedAt;

    Observed(
        ClientCall.Listener<A> listener,
        TracedClientCall<?, A> call,
        Span span,
        Context caller,
        long startedAt) {
      super(listener);
      this.call = call;
      this.span = span;
      this.caller = caller;
      this.startedAt = startedAt;
    }

    @Override
    public void onHeaders(Metadata headers) {
      try (Scope ignored = caller.makeCurrent()) {
        super.onHeaders(headers);
      }
    }

    @Override
    public void onMessage(A message) {
      try (Scope ignored = caller.makeCurrent()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onReady() {
      try (Scope ignored = caller.makeCurrent()) {
        super.onReady();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      try (Scope ignored = CallTelemetry.with(caller, span).makeCurrent()) {
        call.method.end(span, status, trailers, System.nanoTime() - startedAt, call::getAttributes);
      }
      try (Scope ignored = caller.makeCurrent()) {
        super.onClose(status, trailers);
      }
    }
  }
}
