package dev.platform.core.failure;

import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Says which gRPC status an exception becomes that a handler of a gRPC service threw or handed to
 * {@code StreamObserver.onError}. All beans of this type are asked, in their order
 * ({@code @Order}), and the first answer counts; without one the caller gets INTERNAL "internal
 * error" and the log the exception. A {@code StatusException} or {@code StatusRuntimeException} is
 * never asked about: it says its status itself.
 *
 * <p>Called on whatever thread ends the call; must not block.
 */
@FunctionalInterface
public interface GrpcExceptionMapper {

  /**
   * @return the status, with trailers where there is more to say (see {@code
   *     io.grpc.protobuf.StatusProto}), or null when this mapper does not know the exception
   */
  @Nullable StatusException toStatus(Throwable failure);

  /**
   * The same for a mapper that names the method. This is what is asked when a call of it failed.
   *
   * @param method what was called
   */
  default @Nullable StatusException toStatus(Throwable failure, MethodDescriptor<?, ?> method) {
    return toStatus(failure);
  }
}
