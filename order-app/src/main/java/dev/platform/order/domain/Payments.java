package dev.platform.order.domain;

import java.util.Optional;

/**
 * Money taken for orders. Each step is idempotent by order id. Calls another service and blocks;
 * throws {@link RemoteFailure}, after which the outcome is not known.
 */
public interface Payments {

  /** Charges an order, or tells how an earlier charge of it ended. */
  Payment charge(Order order);

  /** The payment of an order; empty when none has been asked for so far. */
  Optional<Payment> find(String orderId);

  /**
   * Rules out a payment that was not asked for: the request may still be on its way, from an
   * instance that was frozen, and is refused then. Returns the payment as it stands: voided, or
   * what was asked for before.
   */
  Payment ruleOut(Order order);

  /** Gives the money of an order back. */
  void refund(String orderId);
}
