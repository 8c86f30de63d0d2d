package dev.platform.core.deadline;

import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import io.opentelemetry.api.trace.Span;

/** Records on the current span, the call's, that its deadline passed before its end. */
final class DeadlineServerListener<Q> extends SimpleForwardingServerCallListener<Q> {

  private final Deadline deadline;

  DeadlineServerListener(ServerCall.Listener<Q> listener, Deadline deadline) {
    super(listener);
    this.deadline = deadline;
  }

  @Override
  public void onCancel() {
    if (deadline.isExpired()) {
      DeadlineEvents.add(Span.current(), "caller");
    }
    super.onCancel();
  }
}
