package dev.platform.core.telemetry;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.IdentifiedCall;
import dev.platform.core.call.Peer;
import dev.platform.core.outcome.CallOutcome;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A served call. Its span and timer end once, with the first event that ends it. */
final class TracedServerCall<Q, A> extends SimpleForwardingServerCall<Q, A>
    implements IdentifiedCall {

  @SuppressWarnings("rawtypes")
  private static final AtomicIntegerFieldUpdater<TracedServerCall> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(TracedServerCall.class, "ended");

  private final CallTelemetry method;
  private final Span span;
  private final Context context;
  private final CallRecorder recorder;
  private final long startedAt;
  private volatile int ended;
  // written before the handler runs
  private @Nullable String caller;

  TracedServerCall(
      ServerCall<Q, A> call,
      CallRecorder recorder,
      CallTelemetry method,
      Span span,
      Context context) {
    super(call);
    this.recorder = recorder;
    this.startedAt = recorder.nanoTime();
    this.method = method;
    this.span = span;
    this.context = context;
    if (span.isRecording()) {
      Peer peer = recorder.peer(call.getAttributes());
      if (peer != null) {
        peer.describe(span);
      }
    }
  }

  Context context() {
    return context;
  }

  @Override
  public void callerIs(String workload) {
    this.caller = workload;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    // The response first: interceptors outside of this one may add to the trailers.
    super.close(status, trailers);
    end(status, trailers);
  }

  /** The call was cancelled before it had a status. */
  void cancelled(Status status) {
    end(status, null);
  }

  /** The handler threw, and no interceptor mapped it: gRPC answers UNKNOWN. */
  void failed(Throwable failure) {
    end(Status.UNKNOWN.withCause(failure), null);
  }

  private void end(Status status, @Nullable Metadata trailers) {
    if (ENDED.compareAndSet(this, 0, 1)) {
      try (Scope ignored = context.makeCurrent()) {
        CallOutcome outcome = recorder.classify(status, trailers);
        long nanos = recorder.nanoTime() - startedAt;
        method.end(span, status, trailers, outcome, nanos, getAttributes(), caller);
      }
    }
  }
}
