package dev.platform.payment.domain;

import java.util.UUID;

/**
 * The payment of one order. Immutable.
 *
 * @param declineReason the bank's reason when it declined, else empty
 */
public record Payment(
    String id,
    String orderId,
    String userId,
    Money amount,
    PaymentStatus status,
    String declineReason) {

  static Payment pending(String orderId, String userId, Money amount) {
    return first(orderId, userId, amount, PaymentStatus.PENDING);
  }

  static Payment voided(String orderId, String userId, Money amount) {
    return first(orderId, userId, amount, PaymentStatus.VOIDED);
  }

  private static Payment first(String orderId, String userId, Money amount, PaymentStatus status) {
    InvalidInput.requireId("order_id", orderId);
    InvalidInput.requireId("user_id", userId);
    return new Payment(UUID.randomUUID().toString(), orderId, userId, amount, status, "");
  }

  Payment charged() {
    return become(PaymentStatus.CHARGED, "");
  }

  Payment declined(String reason) {
    return become(PaymentStatus.DECLINED, reason);
  }

  Payment refunded() {
    return become(PaymentStatus.REFUNDED, "");
  }

  private Payment become(PaymentStatus next, String reason) {
    if (!status.next().contains(next)) {
      throw new IllegalStateException(
          "the payment of order " + orderId + " is " + status + " and can't be " + next);
    }
    return new Payment(id, orderId, userId, amount, next, reason);
  }

  boolean isFor(String user, Money money) {
    return userId.equals(user) && amount.equals(money);
  }
}
