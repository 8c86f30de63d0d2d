package dev.platform.order.domain;

import org.jspecify.annotations.Nullable;

/** Why a request about an order was not fulfilled; the message is fit for the caller. */
public final class OrderException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of failure it is, which decides what the caller can do about it. */
  public enum Kind {
    /** The request is wrong in itself. */
    INVALID,
    /** The request is fine, but stock or bank say no; nothing is reserved or charged. */
    REFUSED,
    /** There is no such order. */
    UNKNOWN_ORDER,
    /** The idempotency key was used for another request. */
    KEY_REUSED,
    /** A request with the same idempotency key is still being worked on. */
    IN_PROGRESS,
    /** The order is recorded, but whether it is paid is not known yet. */
    UNSETTLED,
    /** Like {@link #UNSETTLED}, because an answer did not come in time. */
    UNSETTLED_IN_TIME
  }

  private final Kind kind;

  private OrderException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static OrderException invalid(String message) {
    return new OrderException(Kind.INVALID, message, null);
  }

  public static OrderException refused(String reason, @Nullable Throwable cause) {
    return new OrderException(Kind.REFUSED, reason, cause);
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
        "a request with this idempotency_key is still being worked on, try again soon: " + key,
        null);
  }

  static OrderException unsettled(String orderId, @Nullable Throwable cause) {
    boolean inTime = cause instanceof RemoteFailure failure && failure.timedOut();
    return new OrderException(
        inTime ? Kind.UNSETTLED_IN_TIME : Kind.UNSETTLED,
        "the outcome of order " + orderId + " is not known yet, GetOrder will tell it",
        cause);
  }
}
