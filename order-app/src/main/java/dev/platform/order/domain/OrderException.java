package dev.platform.order.domain;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a request about an order failed; the message may be shown to the caller. */
public final class OrderException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of failure it is, which decides what the caller can do about it. */
  public enum Kind {
    /** The request is invalid. */
    INVALID,
    /** The request is valid, but a service refused it; nothing is reserved or charged. */
    REFUSED,
    /** Stock is insufficient; nothing is reserved. */
    INSUFFICIENT_STOCK,
    /** The order does not exist. */
    UNKNOWN_ORDER,
    /** The idempotency key was used for another request. */
    KEY_REUSED,
    /** A request with the same idempotency key is still in progress. */
    IN_PROGRESS,
    /** Payments are unavailable, so the order is cancelled; nothing was charged. */
    NOT_PAYABLE,
    /** The order is recorded, but whether it is paid is not known yet. */
    UNSETTLED,
    /** Like {@link #UNSETTLED}, because of a timeout. */
    UNSETTLED_IN_TIME
  }

  private final Kind kind;
  private final @Nullable String orderId;
  private final transient List<Shortage> shortages;

  private OrderException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, message, null, List.of(), cause);
  }

  private OrderException(
      Kind kind,
      String message,
      @Nullable String orderId,
      List<Shortage> shortages,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.orderId = orderId;
    this.shortages = List.copyOf(shortages);
  }

  public Kind kind() {
    return kind;
  }

  /** The order that was recorded before the failure; empty when there is none. */
  public Optional<String> orderId() {
    return Optional.ofNullable(orderId);
  }

  /** The shortages; empty for any kind but {@link Kind#INSUFFICIENT_STOCK}. */
  public List<Shortage> shortages() {
    return shortages;
  }

  public static OrderException invalid(String message) {
    return new OrderException(Kind.INVALID, message, null);
  }

  public static OrderException refused(String reason, @Nullable Throwable cause) {
    return new OrderException(Kind.REFUSED, reason, cause);
  }

  public static OrderException insufficientStock(
      String reason, List<Shortage> shortages, Throwable cause) {
    return new OrderException(Kind.INSUFFICIENT_STOCK, reason, null, shortages, cause);
  }

  static OrderException cancelled(Order order) {
    return new OrderException(Kind.REFUSED, order.cancelReason(), order.id(), List.of(), null);
  }

  static OrderException notPayable(String orderId, RemoteFailure cause) {
    return new OrderException(
        Kind.NOT_PAYABLE,
        "the order was cancelled: " + cause.getMessage(),
        orderId,
        List.of(),
        cause);
  }

  public static OrderException unknownOrder(String orderId) {
    return new OrderException(Kind.UNKNOWN_ORDER, "order_id is unknown: " + orderId, null);
  }

  public static OrderException keyReused(String key) {
    return new OrderException(
        Kind.KEY_REUSED, "idempotency_key was used for another request: " + key, null);
  }

  public static OrderException inProgress(String key) {
    return new OrderException(
        Kind.IN_PROGRESS,
        "a request with this idempotency_key is still in progress, try again soon: " + key,
        null);
  }

  static OrderException unsettled(String orderId, @Nullable Throwable cause) {
    boolean inTime = cause instanceof RemoteFailure failure && failure.timedOut();
    return new OrderException(
        inTime ? Kind.UNSETTLED_IN_TIME : Kind.UNSETTLED,
        "the outcome of order " + orderId + " is not known yet, call GetOrder later",
        orderId,
        List.of(),
        cause);
  }
}
