package dev.platform.order.domain;

/**
 * Stock set aside for orders. Each step is idempotent by order id. Calls another service and
 * blocks; throws {@link RemoteFailure}.
 */
public interface Stock {

  /** Sets all lines aside or none; throws {@link OrderException} when there is not enough. */
  void reserve(Order order);

  /** Sells what is reserved; false when the reservation is gone. */
  boolean confirm(String orderId);

  /**
   * Gives the reservation back; it can't be made again. False when what was reserved is sold, and
   * stays so. Works on when the caller has given up.
   */
  boolean release(String orderId);
}
