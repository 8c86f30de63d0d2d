package dev.platform.core.failure;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;

/**
 * Ends a call whose handler threw an exception, or passed one on, with the status from {@link
 * GrpcExceptionMapping}, and starts no work after the caller has cancelled.
 */
public final class FailureServerInterceptor implements ServerInterceptor {

  private final GrpcExceptionMapping mapping;

  public FailureServerInterceptor(GrpcExceptionMapping mapping) {
    this.mapping = mapping;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MappingCall<Q, A> mapped = new MappingCall<>(call, mapping);
    return new Listener<>(next.startCall(mapped, headers), mapped);
  }

  private static final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final MappingCall<Q, ?> call;

    Listener(ServerCall.Listener<Q> delegate, MappingCall<Q, ?> call) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      unlessOver(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      unlessOver(super::onHalfClose);
    }

    @Override
    public void onReady() {
      unlessOver(super::onReady);
    }

    private void unlessOver(Runnable work) {
      if (call.closed || Context.current().isCancelled()) {
        return;
      }
      try {
        work.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }

  private static final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final GrpcExceptionMapping mapping;
    // written by the thread that ends the call
    private volatile boolean closed;

    MappingCall(ServerCall<Q, A> delegate, GrpcExceptionMapping mapping) {
      super(delegate);
      this.mapping = mapping;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      // StreamObserver.onError wraps what is not a status into UNKNOWN.
      Throwable cause = status.getCode() == Status.Code.UNKNOWN ? status.getCause() : null;
      if (cause == null) {
        end(status, trailers);
      } else {
        fail(cause);
      }
    }

    void fail(Throwable failure) {
      StatusException mapped = mapping.toStatus(failure, getMethodDescriptor());
      Metadata trailers = mapped.getTrailers();
      end(mapped.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private void end(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
