package dev.platform.books;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Set;

/**
 * What a customer was told.
 *
 * @param user who ordered
 * @param key with this idempotency key
 * @param kind what it means
 * @param reason why it was refused
 * @param orderId the order, or empty
 */
record Told(String user, String key, Kind kind, String reason, String orderId) {

  private static final Set<String> REFUSALS =
      Set.of("INVALID", "REFUSED", "INSUFFICIENT_STOCK", "NOT_PAYABLE");
  private static final Set<String> UNKNOWN =
      Set.of("IN_PROGRESS", "UNSETTLED", "UNSETTLED_IN_TIME");

  /** Meanings. */
  enum Kind {
    /** The order is paid. */
    PAID,
    /** There is no order, or it is cancelled; no money is taken. */
    REFUSED,
    /** The outcome is not known, or nothing was heard. */
    UNKNOWN,
    /** What must never be told. */
    WRONG
  }

  static Told paid(String user, String key, CreateOrderResponse answer) {
    return new Told(user, key, Kind.PAID, answer.getStatus().name(), answer.getOrderId());
  }

  static Told failed(String user, String key, StatusRuntimeException failure) {
    ErrorInfo info = info(failure);
    String orderId = info.getMetadataOrDefault("order_id", "");
    Status status = failure.getStatus();
    String reason = info.getReason().isEmpty() ? status.getCode().name() : info.getReason();
    return new Told(user, key, kind(info.getReason()), reason, orderId);
  }

  private static Kind kind(String reason) {
    if (REFUSALS.contains(reason)) {
      return Kind.REFUSED;
    }
    return reason.isEmpty() || UNKNOWN.contains(reason) ? Kind.UNKNOWN : Kind.WRONG;
  }

  private static ErrorInfo info(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    try {
      for (com.google.protobuf.Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      }
      return ErrorInfo.getDefaultInstance();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the details can't be read", e);
    }
  }

  @Override
  public String toString() {
    return user + " was told " + kind + " " + reason + " " + orderId;
  }
}
