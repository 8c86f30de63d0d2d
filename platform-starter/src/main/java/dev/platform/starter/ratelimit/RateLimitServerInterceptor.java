package dev.platform.starter.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Refuses calls over a limit before anybody works on them. Never blocks. */
final class RateLimitServerInterceptor implements ServerInterceptor {

  private final RateLimits limits;

  RateLimitServerInterceptor(RateLimits limits) {
    this.limits = limits;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodLimits method = limits.of(call.getMethodDescriptor());
    RateLimiter exhausted = method == null ? null : method.take(headers);
    if (exhausted == null) {
      return next.startCall(call, headers);
    }
    Refusal refusal =
        Refusal.of(call.getMethodDescriptor().getFullMethodName(), Limiters.retryAfter(exhausted));
    call.close(refusal.status(), refusal.trailers());
    return new ServerCall.Listener<>() {};
  }
}
