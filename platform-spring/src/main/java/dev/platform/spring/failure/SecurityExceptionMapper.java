package dev.platform.spring.failure;

import dev.platform.core.failure.GrpcExceptionMapper;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;

/**
 * Refusals by Spring Security within a handler, such as by {@code @PreAuthorize}, are
 * PERMISSION_DENIED or UNAUTHENTICATED. Descriptions are those of both gRPC frameworks. Which
 * authority is missing is logged at DEBUG only.
 */
final class SecurityExceptionMapper implements GrpcExceptionMapper {

  private static final Logger log = LoggerFactory.getLogger(SecurityExceptionMapper.class);

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (failure instanceof AccessDeniedException) {
      return refusal(Status.PERMISSION_DENIED.withDescription("Access denied"), failure);
    }
    if (failure instanceof AuthenticationException) {
      return refusal(Status.UNAUTHENTICATED.withDescription("Authentication failed"), failure);
    }
    return null;
  }

  private static StatusException refusal(Status status, Throwable cause) {
    log.debug("A call is refused with {}", status.getCode(), cause);
    return status.withCause(cause).asException();
  }
}
