package dev.platform.core.failure;

import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Maps an exception that a handler of a gRPC service threw or passed to {@code
 * StreamObserver.onError} to a gRPC status. All beans of this type are asked, in their order
 * ({@code @Order}), and the first status counts; without one the caller gets INTERNAL "internal
 * error" and the exception is logged. A {@code StatusException} or {@code StatusRuntimeException}
 * keeps its own status.
 *
 * <p>Called on the thread that ends the call; must not block.
 */
@FunctionalInterface
public interface GrpcExceptionMapper {

  /**
   * @return the status, with trailers for details (see {@code io.grpc.protobuf.StatusProto}), or
   *     null when this mapper does not handle the exception
   */
  @Nullable StatusException toStatus(Throwable failure);

  /**
   * The same for a mapper that needs the method. The platform calls this one.
   *
   * @param method the called method
   */
  default @Nullable StatusException toStatus(Throwable failure, MethodDescriptor<?, ?> method) {
    return toStatus(failure);
  }
}
