package dev.platform.inventory.api;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.inventory.domain.InsufficientStock;
import dev.platform.inventory.domain.Refusal;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The one place that chooses the gRPC status of a failure. */
@Component
class InventoryExceptionMapper implements GrpcExceptionMapper {

  private static final String INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK";

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (failure instanceof InsufficientStock insufficient) {
      return withShortages(insufficient);
    }
    return failure instanceof Refusal refusal
        ? code(refusal.kind()).withDescription(refusal.getMessage()).asException()
        : null;
  }

  /**
   * The first shortages: human-readable in the violations, and machine-readable by product in the
   * metadata.
   */
  private static StatusException withShortages(InsufficientStock failure) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder().setReason(INSUFFICIENT_STOCK).setDomain("inventory-service");
    PreconditionFailure.Builder preconditions = PreconditionFailure.newBuilder();
    for (InsufficientStock.Shortage shortage : failure.listed()) {
      info.putMetadata(shortage.productId(), Long.toString(shortage.available()));
      preconditions
          .addViolationsBuilder()
          .setType(INSUFFICIENT_STOCK)
          .setSubject(shortage.productId())
          .setDescription("asked " + shortage.asked() + ", available " + shortage.available());
    }
    return StatusProto.toStatusException(
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.FAILED_PRECONDITION.value())
            .setMessage(failure.getMessage())
            .addDetails(Any.pack(info.build()))
            .addDetails(Any.pack(preconditions.build()))
            .build());
  }

  private static Status code(Refusal.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case UNKNOWN -> Status.NOT_FOUND;
      case CONFLICT -> Status.ALREADY_EXISTS;
      case NOT_POSSIBLE -> Status.FAILED_PRECONDITION;
    };
  }
}
