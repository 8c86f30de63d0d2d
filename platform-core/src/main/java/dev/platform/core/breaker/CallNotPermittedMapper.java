package dev.platform.core.breaker;

import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Maps the exception of an open breaker around a method to the status of an open breaker of a
 * called service, UNAVAILABLE, marked as a rejection: upstream services do not count it as a
 * failure.
 */
public final class CallNotPermittedMapper implements GrpcExceptionMapper {

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    return failure instanceof CallNotPermittedException refused
        ? Status.UNAVAILABLE
            .withDescription("circuit breaker is open: " + refused.getCausingCircuitBreakerName())
            .withCause(refused)
            .asException(Rejection.CIRCUIT_BREAKER.trailers())
        : null;
  }
}
