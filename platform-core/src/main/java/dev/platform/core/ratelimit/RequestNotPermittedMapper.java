package dev.platform.core.ratelimit;

import dev.platform.core.failure.GrpcExceptionMapper;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/** {@code @RateLimiter} on a handler refuses with the same status as the server's own limits. */
public final class RequestNotPermittedMapper implements GrpcExceptionMapper {

  private final Limiters limiters;

  public RequestNotPermittedMapper(Limiters limiters) {
    this.limiters = limiters;
  }

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    return failure instanceof RequestNotPermitted refused
        ? refuse(refused, refused.getCausingRateLimiterName())
        : null;
  }

  @Override
  public @Nullable StatusException toStatus(Throwable failure, MethodDescriptor<?, ?> method) {
    return failure instanceof RequestNotPermitted refused
        ? refuse(refused, method.getFullMethodName())
        : null;
  }

  private StatusException refuse(RequestNotPermitted cause, String what) {
    Refusal refusal = Refusal.of(what, limiters.retryAfter(cause.getCausingRateLimiterName()));
    return refusal.status().withCause(cause).asException(refusal.trailers());
  }
}
