package dev.platform.payment.api;

import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.payment.domain.BankFailure;
import dev.platform.payment.domain.Refusal;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The one place that chooses the gRPC status of a failure. */
@Component
class PaymentExceptionMapper implements GrpcExceptionMapper {

  @Override
  public @Nullable StatusException toStatus(Throwable failure) {
    if (failure instanceof Refusal refusal) {
      return code(refusal.kind()).withDescription(refusal.getMessage()).asException();
    }
    if (failure instanceof BankFailure bank) {
      Status status = bank.timedOut() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE;
      return status.withDescription(bank.getMessage()).withCause(bank).asException();
    }
    return null;
  }

  private static Status code(Refusal.Kind kind) {
    return switch (kind) {
      case INVALID -> Status.INVALID_ARGUMENT;
      case UNKNOWN -> Status.NOT_FOUND;
      case CONFLICT -> Status.ALREADY_EXISTS;
      case NOT_POSSIBLE -> Status.FAILED_PRECONDITION;
      case NOT_ALLOWED -> Status.PERMISSION_DENIED;
      case NOT_NOW -> Status.UNAVAILABLE;
    };
  }
}
