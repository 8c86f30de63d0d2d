package dev.platform.payment.domain;

import java.util.Optional;

/** The recorded payments. Each call is a transaction of its own and blocks on the database. */
public interface Payments {

  /** Records a payment unless its order has one; returns the recorded one. */
  Payment addIfAbsent(Payment payment);

  Optional<Payment> find(String orderId);

  /**
   * Records a payment's next status unless another process changed it first; returns the recorded
   * payment. Continues after the caller has cancelled.
   */
  Payment move(Payment from, Payment to);
}
