package dev.platform.order.api;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.outcome.Rejection;
import dev.platform.order.customer.IdentityException;
import dev.platform.order.domain.NotificationException;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.RemoteFailure;
import dev.platform.order.domain.Shortage;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The one place that chooses the gRPC status of a failure. Its details hold an {@link ErrorInfo}
 * whose reason is the failure's kind, with the order's id where there is an order, and a {@link
 * PreconditionFailure} with the shortages.
 */
@Component
class OrderExceptionMapper implements GrpcExceptionMapper {

  private static final String DOMAIN = "order-service";

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (failure instanceof OrderException order) {
      return withDetails(order);
    }
    if (failure instanceof NotificationException notification) {
      return code(notification.kind())
          .withDescription(notification.getMessage())
          .withCause(notification)
          .asException();
    }
    if (failure instanceof IdentityException identity) {
      return refusal(identity);
    }
    if (failure instanceof RemoteFailure remote) {
      Status status = remote.timedOut() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
      return status.withDescription(remote.getMessage()).withCause(remote).asException();
    }
    return null;
  }

  /** Marked as the platform's own refusals are: nobody's failure, and not worth a retry. */
  private static StatusException refusal(IdentityException failure) {
    Rejection reason =
        switch (failure.kind()) {
          case UNKNOWN_CUSTOMER -> Rejection.AUTHENTICATION;
          case OTHER_USER -> Rejection.AUTHORIZATION;
        };
    Status status =
        switch (failure.kind()) {
          case UNKNOWN_CUSTOMER -> Status.UNAUTHENTICATED;
          case OTHER_USER -> Status.PERMISSION_DENIED;
        };
    return status.withDescription(failure.getMessage()).asException(reason.trailers());
  }

  private static StatusException withDetails(OrderException failure) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder().setReason(failure.kind().name()).setDomain(DOMAIN);
    failure.orderId().ifPresent(orderId -> info.putMetadata("order_id", orderId));
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(failure.kind()).value())
            .setMessage(failure.getMessage())
            .addDetails(Any.pack(info.build()));
    if (!failure.shortages().isEmpty()) {
      status.addDetails(Any.pack(shortages(failure)));
    }
    StatusException answer = StatusProto.toStatusException(status.build());
    // The cause may be another service's refusal: the caller gets its details.
    return answer.getStatus().withCause(failure).asException(answer.getTrailers());
  }

  private static PreconditionFailure shortages(OrderException failure) {
    PreconditionFailure.Builder preconditions = PreconditionFailure.newBuilder();
    for (Shortage shortage : failure.shortages()) {
      preconditions
          .addViolationsBuilder()
          .setType("INSUFFICIENT_STOCK")
          .setSubject(shortage.productId())
          .setDescription("available: " + shortage.available());
    }
    return preconditions.build();
  }

  private static Status.Code code(OrderException.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.Code.INVALID_ARGUMENT;
      case REFUSED, INSUFFICIENT_STOCK -> Status.Code.FAILED_PRECONDITION;
      case UNKNOWN_ORDER -> Status.Code.NOT_FOUND;
      case KEY_REUSED -> Status.Code.ALREADY_EXISTS;
      case IN_PROGRESS -> Status.Code.ABORTED;
      case NOT_PAYABLE, UNSETTLED -> Status.Code.UNAVAILABLE;
      case UNSETTLED_IN_TIME -> Status.Code.DEADLINE_EXCEEDED;
    };
  }

  private static Status code(NotificationException.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case ID_REUSED -> Status.ALREADY_EXISTS;
    };
  }
}
