package dev.platform.payment.domain;

/**
 * Voids the payment of a cancelled order. It records a voided payment: an order has at most one
 * payment, so a request that arrives later finds this one. Idempotent. Thread-safe, blocks on the
 * database, never calls the bank.
 */
public final class VoidPayment {

  private final Payments payments;

  public VoidPayment(Payments payments) {
    this.payments = payments;
  }

  /**
   * Returns the order's payment: voided, or the one requested before, by any user and of any
   * amount.
   *
   * @throws Refusal for bad input
   */
  public Payment voidUnlessAsked(String orderId, String userId, Money amount) {
    return payments.addIfAbsent(Payment.voided(orderId, userId, amount));
  }
}
