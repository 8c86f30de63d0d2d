package dev.platform.payment.api;

import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import dev.platform.payment.domain.InvalidInput;
import dev.platform.payment.domain.Money;

/** Maps payments between the wire and the domain. */
final class PaymentMessages {

  private PaymentMessages() {}

  static Money amount(CreatePaymentRequest request) {
    InvalidInput.requireId("order_id", request.getOrderId());
    InvalidInput.requireId("user_id", request.getUserId());
    return amount(request.hasAmount(), request.getAmount());
  }

  static Money amount(VoidPaymentRequest request) {
    InvalidInput.requireId("order_id", request.getOrderId());
    InvalidInput.requireId("user_id", request.getUserId());
    return amount(request.hasAmount(), request.getAmount());
  }

  private static Money amount(boolean given, dev.platform.contracts.money.v1.Money amount) {
    if (!given) {
      throw new InvalidInput("amount is required");
    }
    try {
      return new Money(amount.getMinorUnits(), amount.getCurrency());
    } catch (InvalidInput e) {
      throw e.within("amount");
    }
  }

  static Payment payment(dev.platform.payment.domain.Payment payment) {
    return Payment.newBuilder()
        .setPaymentId(payment.id())
        .setOrderId(payment.orderId())
        .setUserId(payment.userId())
        .setAmount(
            dev.platform.contracts.money.v1.Money.newBuilder()
                .setMinorUnits(payment.amount().minorUnits())
                .setCurrency(payment.amount().currency()))
        .setStatus(status(payment.status()))
        .setDeclineReason(payment.declineReason())
        .build();
  }

  private static PaymentStatus status(dev.platform.payment.domain.PaymentStatus status) {
    return switch (status) {
      case PENDING -> PaymentStatus.PAYMENT_STATUS_PENDING;
      case CHARGED -> PaymentStatus.PAYMENT_STATUS_CHARGED;
      case DECLINED -> PaymentStatus.PAYMENT_STATUS_DECLINED;
      case REFUNDED -> PaymentStatus.PAYMENT_STATUS_REFUNDED;
      case VOIDED -> PaymentStatus.PAYMENT_STATUS_VOIDED;
    };
  }
}
