package dev.platform.order.client;

import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.Payment;
import dev.platform.order.domain.Payments;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** Payments made by payment-service. */
final class PaymentClient implements Payments {

  static final String SERVICE = "payment-service";

  private final PaymentServiceBlockingStub payments;

  PaymentClient(PaymentServiceBlockingStub payments) {
    this.payments = payments;
  }

  @Override
  public Payment charge(Order order) {
    CreatePaymentRequest request =
        CreatePaymentRequest.newBuilder()
            .setOrderId(order.id())
            .setUserId(order.userId())
            .setAmount(MoneyMessages.toProto(order.total()))
            .build();
    try {
      return toDomain(payments.createPayment(request).getPayment());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
        return new Payment(Payment.State.DECLINED, CallFailures.reason(e));
      }
      throw CallFailures.of(SERVICE, e);
    }
  }

  @Override
  public Optional<Payment> find(String orderId) {
    try {
      GetPaymentRequest request = GetPaymentRequest.newBuilder().setOrderId(orderId).build();
      return Optional.of(toDomain(payments.getPayment(request).getPayment()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw CallFailures.of(SERVICE, e);
    }
  }

  @Override
  public Payment ruleOut(Order order) {
    VoidPaymentRequest request =
        VoidPaymentRequest.newBuilder()
            .setOrderId(order.id())
            .setUserId(order.userId())
            .setAmount(MoneyMessages.toProto(order.total()))
            .build();
    try {
      return toDomain(payments.voidPayment(request).getPayment());
    } catch (StatusRuntimeException e) {
      throw CallFailures.of(SERVICE, e);
    }
  }

  @Override
  public void refund(String orderId) {
    try {
      payments.refundPayment(RefundPaymentRequest.newBuilder().setOrderId(orderId).build());
    } catch (StatusRuntimeException e) {
      throw CallFailures.of(SERVICE, e);
    }
  }

  private static Payment toDomain(dev.platform.contracts.payment.v1.Payment payment) {
    PaymentStatus status = payment.getStatus();
    return switch (status) {
      case PAYMENT_STATUS_CHARGED -> Payment.in(Payment.State.CHARGED);
      case PAYMENT_STATUS_DECLINED ->
          new Payment(Payment.State.DECLINED, payment.getDeclineReason());
      case PAYMENT_STATUS_REFUNDED -> Payment.in(Payment.State.REFUNDED);
      case PAYMENT_STATUS_VOIDED -> Payment.in(Payment.State.VOIDED);
      // An unknown status, from a newer version, must not move money.
      case PAYMENT_STATUS_PENDING, PAYMENT_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          Payment.in(Payment.State.PENDING);
    };
  }
}
