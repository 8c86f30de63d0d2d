package dev.platform.order.domain;

/**
 * The payment of an order.
 *
 * @param state its state
 * @param declineReason the bank's reason when it declined; else empty
 */
public record Payment(State state, String declineReason) {

  /** The states of a payment. */
  public enum State {
    /** Requested; the bank's answer is not known. */
    PENDING,
    /** The money was taken. */
    CHARGED,
    /** The bank refused; no money was taken. */
    DECLINED,
    /** The money was refunded. */
    REFUNDED,
    /** Voided before it was requested; no money is ever taken. */
    VOIDED
  }

  public static Payment in(State state) {
    return new Payment(state, "");
  }
}
