package dev.platform.core.fault;

import dev.platform.core.fault.Fault.Side;
import dev.platform.core.request.DelayedServerListener;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * Delays and aborts incoming calls as a slow or failing handler would: limits, deadlines, meters
 * and traces see no difference. A delayed call counts as in flight, but holds no thread.
 */
public final class FaultServerInterceptor implements ServerInterceptor {

  private final Faults faults;
  private final FaultThreads threads;
  private final UnaryOperator<Runnable> context;

  /**
   * @param context binds work to the current thread's trace context, for another thread
   */
  public FaultServerInterceptor(
      Faults faults, FaultThreads threads, UnaryOperator<Runnable> context) {
    this.faults = faults;
    this.threads = threads;
    this.context = context;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Fault fault = faults.hit(Side.SERVER, call.getMethodDescriptor(), headers);
    if (fault == null) {
      return next.startCall(call, headers);
    }
    Duration delay = fault.delay();
    return delay == null
        ? proceed(fault, call, headers, next)
        : delay(delay, fault, call, headers, next);
  }

  private <Q, A> ServerCall.Listener<Q> delay(
      Duration delay,
      Fault fault,
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> next) {
    DelayedServerListener<Q> pending = new DelayedServerListener<>();
    Runnable resumed =
        Context.current().wrap(context.apply(() -> start(pending, fault, call, headers, next)));
    Future<?> timer = threads.after(delay, resumed);
    return new SimpleForwardingServerCallListener<>(pending) {

      @Override
      public void onCancel() {
        timer.cancel(false);
        super.onCancel();
      }
    };
  }

  private static <Q, A> void start(
      DelayedServerListener<Q> pending,
      Fault fault,
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> next) {
    if (!call.isCancelled()) {
      pending.start(call, () -> proceed(fault, call, headers, next));
    }
  }

  private static <Q, A> ServerCall.Listener<Q> proceed(
      Fault fault, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Status abort = fault.abort();
    if (abort == null) {
      return next.startCall(call, headers);
    }
    call.close(abort, fault.trailers());
    return new ServerCall.Listener<>() {};
  }
}
