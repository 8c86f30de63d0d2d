package dev.platform.payment.domain;

/**
 * Charges an order. Idempotent by order id. Thread-safe, blocks on the database and the bank, never
 * on both at once.
 */
public final class CreatePayment {

  private final Payments payments;
  private final SettlePayment settlePayment;

  public CreatePayment(Payments payments, SettlePayment settlePayment) {
    this.payments = payments;
    this.settlePayment = settlePayment;
  }

  /**
   * Returns the payment once the money is taken; repeated requests get the same payment.
   *
   * @throws Refusal for bad input, another user or amount under a known order, and when the bank
   *     declines, the payment was refunded already, or it was voided
   * @throws BankFailure when the outcome is not known yet
   */
  public Payment create(String orderId, String userId, Money amount) {
    Payment known = payments.addIfAbsent(Payment.pending(orderId, userId, amount));
    if (!known.isFor(userId, amount)) {
      throw new Refusal(
          Refusal.Kind.CONFLICT,
          "order " + orderId + " has a payment already, of another user or amount");
    }
    return requireCharged(settlePayment.settle(known));
  }

  private static Payment requireCharged(Payment payment) {
    return switch (payment.status()) {
      case CHARGED -> payment;
      case DECLINED ->
          throw new Refusal(
              Refusal.Kind.NOT_POSSIBLE, "payment declined: " + payment.declineReason());
      case REFUNDED ->
          throw new Refusal(
              Refusal.Kind.NOT_POSSIBLE,
              "the payment of order " + payment.orderId() + " was given back");
      case VOIDED ->
          throw new Refusal(
              Refusal.Kind.NOT_POSSIBLE,
              "order " + payment.orderId() + " was given up before it was paid");
      case PENDING ->
          throw new IllegalStateException("order " + payment.orderId() + " is not settled");
    };
  }
}
