package dev.platform.core.call;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** A call whose start, response and end are recorded. */
final class RecordedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

  private final ClientCallRecord call;
  private volatile @Nullable Status aborted;

  RecordedCall(ClientCall<Q, A> delegate, ClientCallRecord call) {
    super(delegate);
    this.call = call;
  }

  @Override
  public void start(Listener<A> listener, Metadata headers) {
    call.canceller(this::abort);
    call.start(headers);
    try {
      super.start(new Recorded(listener), headers);
    } catch (RuntimeException | Error e) {
      call.end(Status.UNKNOWN.withCause(e), new Metadata(), Attributes.EMPTY);
      throw e;
    }
  }

  private void abort(Status reason) {
    aborted = reason;
    cancel(reason.getDescription(), null);
  }

  /** Without an attempt there is no connection, and gRPC may not have a call to ask. */
  private Attributes transport() {
    return call.lastAttempt() == null ? Attributes.EMPTY : getAttributes();
  }

  /** The application's listener runs in the OpenTelemetry context of the call's caller. */
  private final class Recorded extends SimpleForwardingClientCallListener<A> {

    Recorded(ClientCall.Listener<A> listener) {
      super(listener);
    }

    @Override
    public void onHeaders(Metadata headers) {
      call.answered();
      try (Scope ignored = call.caller().makeCurrent()) {
        super.onHeaders(headers);
      }
    }

    @Override
    public void onMessage(A message) {
      try (Scope ignored = call.caller().makeCurrent()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onReady() {
      try (Scope ignored = call.caller().makeCurrent()) {
        super.onReady();
      }
    }

    @Override
    public void onClose(Status ended, Metadata trailers) {
      Status reason = aborted;
      Status status = reason != null && ended.getCode() == Code.CANCELLED ? reason : ended;
      call.end(status, trailers, transport());
      try (Scope ignored = call.caller().makeCurrent()) {
        super.onClose(call.explained(status), trailers);
      }
    }
  }
}
