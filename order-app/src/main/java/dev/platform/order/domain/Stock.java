package dev.platform.order.domain;

/**
 * Stock reserved for orders. Each step is idempotent by order id. Calls another service and blocks;
 * throws {@link RemoteFailure}.
 */
public interface Stock {

  /** Reserves all lines or none; throws {@link OrderException} when stock is insufficient. */
  void reserve(Order order);

  /** Sells the reserved stock; false when the reservation no longer exists. */
  boolean confirm(String orderId);

  /**
   * Releases the reservation; it can't be made again. False when the stock was already sold, which
   * is final. Continues after the caller has cancelled.
   */
  boolean release(String orderId);
}
