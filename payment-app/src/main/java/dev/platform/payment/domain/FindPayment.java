package dev.platform.payment.domain;

/** Finds the payment of an order. Thread-safe, blocks on the database. */
public final class FindPayment {

  private final Payments payments;

  public FindPayment(Payments payments) {
    this.payments = payments;
  }

  /** Refuses an order without a payment. */
  public Payment ofOrder(String orderId) {
    InvalidInput.requireId("order_id", orderId);
    return payments
        .find(orderId)
        .orElseThrow(
            () -> new Refusal(Refusal.Kind.UNKNOWN, "order " + orderId + " has no payment"));
  }
}
