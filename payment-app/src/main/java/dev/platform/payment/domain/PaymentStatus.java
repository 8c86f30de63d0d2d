package dev.platform.payment.domain;

import java.util.Set;

/** A payment's status, and the statuses that may follow it. */
public enum PaymentStatus {
  /** Requested; the bank's answer is not known. */
  PENDING("pending"),
  /** The money was taken. */
  CHARGED("charged"),
  /** The bank refused; no money was taken. */
  DECLINED("declined"),
  /** The money was refunded. */
  REFUNDED("refunded"),
  /** Voided before it was requested; no money was taken. */
  VOIDED("voided");

  private final String word;

  PaymentStatus(String word) {
    this.word = word;
  }

  /** The statuses that may follow this one; none after a final one. */
  public Set<PaymentStatus> next() {
    return switch (this) {
      case PENDING -> Set.of(CHARGED, DECLINED);
      case CHARGED -> Set.of(REFUNDED);
      case DECLINED, REFUNDED, VOIDED -> Set.of();
    };
  }

  @Override
  public String toString() {
    return word;
  }
}
