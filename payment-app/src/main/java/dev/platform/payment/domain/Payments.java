package dev.platform.payment.domain;

import java.util.Optional;

/** The payments on record. Each call is a transaction of its own and blocks on the database. */
public interface Payments {

  /** Records a payment unless its order has one; returns the one on record. */
  Payment addIfAbsent(Payment payment);

  Optional<Payment> find(String orderId);

  /**
   * Records the next state of a payment unless somebody else moved it on first; returns the one on
   * record. Works on when the caller has given up.
   */
  Payment move(Payment from, Payment to);
}
