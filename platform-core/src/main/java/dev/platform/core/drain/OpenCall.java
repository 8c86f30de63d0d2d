package dev.platform.core.drain;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;

/**
 * A call that can be ended from outside its handler. To the handler that looks like a cancellation:
 * {@code isCancelled} is true, {@code onCancel} is called on the thread of the other callbacks, and
 * what it still sends is dropped.
 */
final class OpenCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final Consumer<OpenCall<?, ?>> onEnd;
  // guarded by this
  private boolean closed;
  private boolean endedFromOutside;

  OpenCall(ServerCall<Q, A> call, Consumer<OpenCall<?, ?>> onEnd) {
    super(call);
    this.onEnd = onEnd;
  }

  void end(Status status) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      endedFromOutside = true;
      delegate().close(status, new Metadata());
    }
  }

  @Override
  public void sendHeaders(Metadata headers) {
    synchronized (this) {
      if (!endedFromOutside) {
        super.sendHeaders(headers);
      }
    }
  }

  @Override
  public void sendMessage(A message) {
    synchronized (this) {
      if (!endedFromOutside) {
        super.sendMessage(message);
      }
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    synchronized (this) {
      if (!endedFromOutside) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }

  @Override
  public boolean isCancelled() {
    synchronized (this) {
      return endedFromOutside || super.isCancelled();
    }
  }

  ServerCall.Listener<Q> listen(ServerCall.Listener<Q> handler) {
    return new SimpleForwardingServerCallListener<>(handler) {

      @Override
      public void onComplete() {
        onEnd.accept(OpenCall.this);
        if (isEndedFromOutside()) {
          super.onCancel();
        } else {
          super.onComplete();
        }
      }

      @Override
      public void onCancel() {
        onEnd.accept(OpenCall.this);
        super.onCancel();
      }
    };
  }

  private synchronized boolean isEndedFromOutside() {
    return endedFromOutside;
  }
}
