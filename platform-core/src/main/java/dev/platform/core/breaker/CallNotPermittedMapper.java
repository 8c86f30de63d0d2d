package dev.platform.core.breaker;

import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * An open breaker around a method that a handler calls ends the handler's call as an open breaker
 * of a called service does: the callers above know that nobody worked on it.
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
