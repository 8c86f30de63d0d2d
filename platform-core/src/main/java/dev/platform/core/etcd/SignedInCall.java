package dev.platform.core.etcd;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that is sent a second time, with a new token, when etcd refuses the first one for
 * its token: then it has done nothing. Both share the caller's deadline.
 */
final class SignedInCall<Q, A> extends ClientCall<Q, A> {

  private final Supplier<ClientCall<Q, A>> calls;
  // guarded by this
  private ClientCall<Q, A> current;
  private @Nullable Q request;
  private boolean cancelled;

  /**
   * @param calls each with the token of its time
   */
  SignedInCall(Supplier<ClientCall<Q, A>> calls) {
    this.calls = calls;
    this.current = calls.get();
  }

  @Override
  public void start(Listener<A> listener, Metadata headers) {
    Metadata again = new Metadata();
    again.merge(headers);
    current().start(new First(listener, again), headers);
  }

  @Override
  public void request(int messages) {
    current().request(messages);
  }

  @Override
  public void sendMessage(Q message) {
    synchronized (this) {
      request = message;
    }
    current().sendMessage(message);
  }

  @Override
  public void halfClose() {
    current().halfClose();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    ClientCall<Q, A> running;
    synchronized (this) {
      cancelled = true;
      running = current;
    }
    running.cancel(message, cause);
  }

  private synchronized ClientCall<Q, A> current() {
    return current;
  }

  /** Null if the call is cancelled, or was refused before it was sent. */
  private synchronized @Nullable ClientCall<Q, A> next() {
    if (cancelled || request == null) {
      return null;
    }
    current = calls.get();
    return current;
  }

  private void repeat(ClientCall<Q, A> call, Listener<A> listener, Metadata headers) {
    call.start(listener, headers);
    call.request(2);
    Q message;
    synchronized (this) {
      message = request;
    }
    if (message != null) {
      call.sendMessage(message);
    }
    call.halfClose();
  }

  private final class First extends SimpleForwardingClientCallListener<A> {

    private final Metadata headers;

    First(Listener<A> listener, Metadata headers) {
      super(listener);
      this.headers = headers;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      String reason = status.getDescription();
      boolean needsToken = EtcdFailure.isTokenRefused(reason) || EtcdFailure.isUserMissing(reason);
      ClientCall<Q, A> next = needsToken ? SignedInCall.this.next() : null;
      if (next == null) {
        super.onClose(status, trailers);
      } else {
        repeat(next, delegate(), headers);
      }
    }
  }
}
