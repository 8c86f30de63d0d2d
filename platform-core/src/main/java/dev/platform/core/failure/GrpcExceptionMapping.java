package dev.platform.core.failure;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps every exception to a status, by all mappers together. Thread-safe, never blocks. */
public final class GrpcExceptionMapping {

  private static final Logger log = LoggerFactory.getLogger(GrpcExceptionMapping.class);

  private final List<GrpcExceptionMapper> mappers;

  /**
   * @param mappers in the order in which they are asked
   */
  public GrpcExceptionMapping(List<GrpcExceptionMapper> mappers) {
    this.mappers = List.copyOf(mappers);
  }

  /** Returns the exception's own status, or the one that a mapper returns; INTERNAL otherwise. */
  public StatusException toStatus(Throwable failure) {
    return toStatus(failure, mapper -> mapper.toStatus(failure));
  }

  /** The same for the failure of a call of this method. */
  public StatusException toStatus(Throwable failure, MethodDescriptor<?, ?> method) {
    return toStatus(failure, mapper -> mapper.toStatus(failure, method));
  }

  private StatusException toStatus(
      Throwable failure, Function<GrpcExceptionMapper, @Nullable StatusException> ask) {
    StatusException known = ownStatus(failure);
    for (int i = 0; known == null && i < mappers.size(); i++) {
      known = ask.apply(mappers.get(i));
    }
    return known == null ? unexpected(failure) : known;
  }

  private static @Nullable StatusException ownStatus(Throwable failure) {
    if (failure instanceof StatusException own) {
      return own;
    }
    return failure instanceof StatusRuntimeException own
        ? new StatusException(own.getStatus(), own.getTrailers())
        : null;
  }

  private static StatusException unexpected(Throwable failure) {
    log.error("A call failed with an exception that no GrpcExceptionMapper handles", failure);
    return Status.INTERNAL.withDescription("internal error").withCause(failure).asException();
  }
}
