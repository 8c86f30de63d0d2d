package dev.platform.payment.domain;

/** Gives an order's money back. Idempotent. Thread-safe, blocks on the database and the bank. */
public final class RefundPayment {

  private final FindPayment findPayment;
  private final SettlePayment settlePayment;
  private final Payments payments;
  private final Bank bank;

  public RefundPayment(
      FindPayment findPayment, SettlePayment settlePayment, Payments payments, Bank bank) {
    this.findPayment = findPayment;
    this.settlePayment = settlePayment;
    this.payments = payments;
    this.bank = bank;
  }

  /**
   * Returns the payment once the money is back.
   *
   * @throws Refusal for an order without a payment, and for one that took no money
   * @throws BankFailure when the outcome is not known yet
   */
  public Payment refund(String orderId) {
    // A charge may still be on its way to the bank. Only once its outcome is known can it be said
    // that there is nothing to give back, or that what is given back stays back.
    Payment payment = settlePayment.settle(findPayment.ofOrder(orderId));
    if (payment.status() == PaymentStatus.REFUNDED) {
      return payment;
    }
    if (payment.status() != PaymentStatus.CHARGED) {
      throw new Refusal(
          Refusal.Kind.NOT_POSSIBLE,
          "the payment of order " + orderId + " took no money: it was " + payment.status());
    }
    bank.refund(orderId);
    return payments.move(payment, payment.refunded());
  }
}
