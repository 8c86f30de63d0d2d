package dev.platform.core.ratelimit;

import dev.platform.core.priority.CallPriority;
import dev.platform.core.request.DelayedServerListener;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * Refuses calls over a limit before a handler runs. Never blocks: a call that waits for a shared
 * limit continues, with its context, on another thread.
 */
public final class RateLimitServerInterceptor implements ServerInterceptor {

  private final RateLimits limits;
  private final Executor executor;
  private final UnaryOperator<Runnable> context;

  /**
   * @param executor runs calls that had to wait for a shared limit
   * @param context binds work to the current thread's trace context, for another thread
   */
  public RateLimitServerInterceptor(
      RateLimits limits, Executor executor, UnaryOperator<Runnable> context) {
    this.limits = limits;
    this.executor = executor;
    this.context = context;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodLimits method = limits.of(call.getMethodDescriptor(), CallPriority.current());
    if (method == null) {
      return next.startCall(call, headers);
    }
    Duration retryAfter = method.take(headers);
    if (retryAfter != null) {
      return refuse(call, retryAfter);
    }
    if (method.isShared()) {
      return askShared(method, call, headers, next);
    }
    method.accept();
    return next.startCall(call, headers);
  }

  private <Q, A> ServerCall.Listener<Q> askShared(
      MethodLimits method, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CompletableFuture<Long> answer = method.takeShared();
    if (answer.isDone()) {
      return proceed(answer.join(), method, call, headers, next);
    }
    DelayedServerListener<Q> pending = new DelayedServerListener<>();
    Runnable resumed =
        Context.current()
            .wrap(
                context.apply(
                    () -> {
                      if (!call.isCancelled()) {
                        pending.start(
                            call, () -> proceed(answer.join(), method, call, headers, next));
                      }
                    }));
    answer.thenRunAsync(resumed, executor);
    return pending;
  }

  private static <Q, A> ServerCall.Listener<Q> proceed(
      long wait,
      MethodLimits method,
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> next) {
    if (wait > 0) {
      return refuse(call, Limiters.inMillis(wait));
    }
    method.accept();
    return next.startCall(call, headers);
  }

  private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Duration retryAfter) {
    Refusal refusal = Refusal.of(call.getMethodDescriptor().getFullMethodName(), retryAfter);
    call.close(refusal.status(), refusal.trailers());
    return new ServerCall.Listener<>() {};
  }
}
