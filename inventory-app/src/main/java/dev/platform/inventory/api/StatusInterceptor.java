package dev.platform.inventory.api;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;

/**
 * Ends a call whose handler threw, or handed on, an exception with the status that {@link Failures}
 * gives it, and starts no work for a caller who has left.
 */
@GrpcGlobalServerInterceptor
class StatusInterceptor implements ServerInterceptor {

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ClosingCall<Q, A> closing = new ClosingCall<>(call);
    return new Listener<>(next.startCall(closing, headers), closing);
  }

  private static final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final ClosingCall<Q, ?> call;

    Listener(ServerCall.Listener<Q> delegate, ClosingCall<Q, ?> call) {
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
        call.close(Failures.toStatus(e), new Metadata());
      }
    }
  }

  private static final class ClosingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    // written by whatever thread ends the call
    private volatile boolean closed;

    ClosingCall(ServerCall<Q, A> delegate) {
      super(delegate);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed) {
        return;
      }
      closed = true;
      // StreamObserver.onError wraps what is not a status into UNKNOWN.
      Throwable cause = status.getCode() == Status.Code.UNKNOWN ? status.getCause() : null;
      super.close(cause == null ? status : Failures.toStatus(cause), trailers);
    }
  }
}
