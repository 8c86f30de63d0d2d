package dev.platform.core.deadline;

import dev.platform.core.telemetry.CallSpan;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call that is made; its span tells when it was ended here, rather than by its callee. */
final class DeadlineClientCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

  private final CallOptions options;

  DeadlineClientCall(ClientCall<Q, A> call, CallOptions options) {
    super(call);
    this.options = options;
  }

  @Override
  public void start(Listener<A> listener, Metadata headers) {
    Deadline callers = Context.current().getDeadline();
    super.start(
        new SimpleForwardingClientCallListener<>(listener) {
          @Override
          public void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
              tell(callers);
            }
            super.onClose(status, trailers);
          }
        },
        headers);
  }

  /** A callee that was told of the same deadline may have been faster; then it is the one. */
  private void tell(@Nullable Deadline callers) {
    Deadline own = options.getDeadline();
    boolean ownIsFirst = own != null && (callers == null || own.isBefore(callers));
    Deadline first = ownIsFirst ? own : callers;
    if (first != null && first.isExpired()) {
      DeadlineEvents.add(CallSpan.of(options), ownIsFirst ? "call" : "caller");
    }
  }
}
