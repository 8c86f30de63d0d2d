package dev.platform.core.telemetry;

import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/** Makes the call's span current whenever the handler runs. */
final class TracedServerListener<Q> extends SimpleForwardingServerCallListener<Q> {

  private final TracedServerCall<Q, ?> call;
  private final boolean unary;

  TracedServerListener(ServerCall.Listener<Q> delegate, TracedServerCall<Q, ?> call) {
    super(delegate);
    this.call = call;
    this.unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
  }

  @Override
  public void onMessage(Q message) {
    if (unary) {
      // The handler runs at the half-close that follows.
      super.onMessage(message);
      return;
    }
    try (Scope ignored = call.context().makeCurrent()) {
      super.onMessage(message);
    } catch (RuntimeException | Error e) {
      call.failed(e);
      throw e;
    }
  }

  @Override
  public void onHalfClose() {
    try (Scope ignored = call.context().makeCurrent()) {
      super.onHalfClose();
    } catch (RuntimeException | Error e) {
      call.failed(e);
      throw e;
    }
  }

  @Override
  public void onReady() {
    if (unary) {
      super.onReady();
      return;
    }
    try (Scope ignored = call.context().makeCurrent()) {
      super.onReady();
    } catch (RuntimeException | Error e) {
      call.failed(e);
      throw e;
    }
  }

  @Override
  public void onComplete() {
    try (Scope ignored = call.context().makeCurrent()) {
      super.onComplete();
    }
  }

  @Override
  public void onCancel() {
    try (Scope ignored = call.context().makeCurrent()) {
      super.onCancel();
    } finally {
      // DEADLINE_EXCEEDED if that is the cause.
      @Nullable Status why = Contexts.statusFromCancelled(io.grpc.Context.current());
      call.cancelled(why == null ? Status.CANCELLED : why);
    }
  }
}
