package dev.platform.core.telemetry;

import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call that is served; its span and timer end once, with whatever ends it first. */
final class TracedServerCall<Q, A> extends SimpleForwardingServerCall<Q, A>
    implements Supplier<Attributes> {

  @SuppressWarnings("rawtypes")
  private static final AtomicIntegerFieldUpdater<TracedServerCall> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(TracedServerCall.class, "ended");

  private final CallTelemetry method;
  private final Span span;
  private final Context context;
  private final long startedAt = System.nanoTime();
  private volatile int ended;

  TracedServerCall(ServerCall<Q, A> call, CallTelemetry method, Span span, Context context) {
    super(call);
    this.method = method;
    this.span = span;
    this.context = context;
    if (span.isRecording()
        && call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress peer) {
      PeerAttributes.put(span, peer);
    }
  }

  /** Of the transport, for who is told of the end. */
  @Override
  public Attributes get() {
    return getAttributes();
  }

  Context context() {
    return context;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    // The answer first. Interceptors around this one may add to the trailers.
    super.close(status, trailers);
    end(status, trailers);
  }

  /** Before there was a status. */
  void cancelled(Status status) {
    end(status, null);
  }

  /** The handler threw where nobody made a status of it; gRPC answers with UNKNOWN. */
  void failed(Throwable failure) {
    end(Status.UNKNOWN.withCause(failure), null);
  }

  private void end(Status status, @Nullable Metadata trailers) {
    if (ENDED.compareAndSet(this, 0, 1)) {
      try (Scope ignored = context.makeCurrent()) {
        method.end(span, status, trailers, System.nanoTime() - startedAt, this);
      }
    }
  }
}
