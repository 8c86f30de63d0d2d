package dev.platform.core.telemetry;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** Makes the call's span and its gRPC context current whenever the handler runs. */
final class TracedServerListener<Q> extends SimpleForwardingServerCallListener<Q> {

  private final TracedServerCall<Q, ?> call;
  private final ServedContext served;
  private final boolean unary;

  TracedServerListener(
      ServerCall.Listener<Q> delegate, TracedServerCall<Q, ?> call, ServedContext served) {
    super(delegate);
    this.call = call;
    this.served = served;
    this.unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
  }

  @Override
  public void onMessage(Q message) {
    if (unary) {
      // The handler runs at the half-close that follows.
      super.onMessage(message);
      return;
    }
    handle(() -> super.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    handle(super::onHalfClose);
  }

  @Override
  public void onReady() {
    if (unary) {
      super.onReady();
      return;
    }
    handle(super::onReady);
  }

  @Override
  public void onComplete() {
    inContext(super::onComplete);
  }

  @Override
  public void onCancel() {
    try {
      inContext(super::onCancel);
    } finally {
      // DEADLINE_EXCEEDED if that is the cause.
      @Nullable Status why = Contexts.statusFromCancelled(Context.current());
      call.cancelled(why == null ? Status.CANCELLED : why);
    }
  }

  private void handle(Runnable event) {
    try {
      inContext(event);
    } catch (RuntimeException | Error e) {
      call.failed(e);
      throw e;
    }
  }

  private void inContext(Runnable event) {
    Context before = served.enter();
    try (Scope ignored = call.context().makeCurrent()) {
      event.run();
    } finally {
      served.leave(before);
    }
  }
}
