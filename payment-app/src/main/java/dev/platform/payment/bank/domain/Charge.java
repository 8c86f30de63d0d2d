package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.Money;
import java.util.UUID;

/**
 * The final outcome of a charge.
 *
 * @param reference the caller's reference
 * @param id the bank's own id; a declined charge has one, too
 * @param declineReason empty when the money was taken
 */
public record Charge(
    String reference, String id, String account, Money amount, String declineReason) {

  static Charge taken(String reference, String account, Money amount) {
    return new Charge(reference, newId(), account, amount, "");
  }

  static Charge declined(String reference, String account, Money amount, String reason) {
    return new Charge(reference, newId(), account, amount, reason);
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  boolean isDeclined() {
    return !declineReason.isEmpty();
  }

  boolean isFor(String otherAccount, Money otherAmount) {
    return account.equals(otherAccount) && amount.equals(otherAmount);
  }
}
