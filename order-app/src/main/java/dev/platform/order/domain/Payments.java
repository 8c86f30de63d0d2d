package dev.platform.order.domain;

import java.util.Optional;

/**
 * Payments for orders. Each step is idempotent by order id. Calls another service and blocks;
 * throws {@link RemoteFailure}, after which the outcome is not known.
 */
public interface Payments {

  /** Charges an order, or returns the outcome of an earlier charge. */
  Payment charge(Order order);

  /** The payment of an order; empty when none has been requested so far. */
  Optional<Payment> find(String orderId);

  /**
   * Voids a payment that was not requested: a request that is still on its way, from an instance
   * that was frozen, is refused then. Returns the payment: voided, or the one requested before.
   */
  Payment ruleOut(Order order);

  /** Refunds the money of an order. */
  void refund(String orderId);
}
