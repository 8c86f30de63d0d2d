package dev.platform.order.domain;

/**
 * Where the payment of an order stands.
 *
 * @param state its state
 * @param declineReason the bank's words when it declined; else empty
 */
public record Payment(State state, String declineReason) {

  /** The states of a payment. */
  public enum State {
    /** Asked for; the bank's answer is not known. */
    PENDING,
    /** The money was taken. */
    CHARGED,
    /** The bank refused; no money was taken. */
    DECLINED,
    /** The money was given back. */
    REFUNDED,
    /** Ruled out before it was asked for; no money is ever taken. */
    VOIDED
  }

  public static Payment in(State state) {
    return new Payment(state, "");
  }
}
