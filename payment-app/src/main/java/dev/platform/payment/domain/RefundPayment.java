package dev.platform.payment.domain;

/** Refunds an order's payment. Idempotent. Thread-safe, blocks on the database and the bank. */
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
   * Returns the payment once it is refunded.
   *
   * @throws Refusal for an order without a payment, and for one that took no money
   * @throws BankFailure when the outcome is not known yet
   */
  public Payment refund(String orderId) {
    // A charge may still be on its way to the bank. Its outcome must be known first: before that,
    // neither "nothing to refund" nor a refund would be final.
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
