package dev.platform.payment.domain;

/**
 * Takes and refunds money at the bank. Both calls block, may take long, and are idempotent by
 * reference: never make them within a transaction, and repeat them when the outcome is not known.
 */
public interface Bank {

  /**
   * Takes money.
   *
   * @throws BankFailure when it is not known whether the money was taken
   */
  Answer charge(String reference, String account, Money amount);

  /**
   * Refunds a charge.
   *
   * @throws BankFailure when it is not known whether the money was refunded
   */
  void refund(String reference);

  /** The bank's answer to a charge. */
  sealed interface Answer {
    /** The money was taken. */
    record Charged() implements Answer {}

    /** No money was taken, and never will be under this reference. */
    record Declined(String reason) implements Answer {}
  }
}
