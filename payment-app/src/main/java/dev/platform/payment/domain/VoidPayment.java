package dev.platform.payment.domain;

/**
 * Rules out the payment of an order that is given up. It leaves a payment on record that never was:
 * an order has one at most, so that a request which arrives later finds it. Idempotent.
 * Thread-safe, blocks on the database, never asks the bank.
 */
public final class VoidPayment {

  private final Payments payments;

  public VoidPayment(Payments payments) {
    this.payments = payments;
  }

  /**
   * Returns the order's payment as it is from now on: voided, or what was asked for before, whoever
   * asked and however much.
   *
   * @throws Refusal for bad input
   */
  public Payment voidUnlessAsked(String orderId, String userId, Money amount) {
    return payments.addIfAbsent(Payment.voided(orderId, userId, amount));
  }
}
