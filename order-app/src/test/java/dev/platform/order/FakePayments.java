package dev.platform.order;

import static dev.platform.order.FakeMall.answer;
import static dev.platform.order.FakeMall.refuse;

import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.CreatePaymentResponse;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.GetPaymentResponse;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceImplBase;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.contracts.payment.v1.RefundPaymentResponse;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import dev.platform.contracts.payment.v1.VoidPaymentResponse;
import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** A fake payment-service: {@link FakeMall#paying} sets its behaviour per user. */
final class FakePayments extends PaymentServiceImplBase {

  private final FakeMall mall;

  FakePayments(FakeMall mall) {
    this.mall = mall;
  }

  @Override
  public void createPayment(
      CreatePaymentRequest request, StreamObserver<CreatePaymentResponse> observer) {
    Paying how = mall.paying.getOrDefault(request.getUserId(), Paying.CHARGES);
    switch (how) {
      case CHARGES ->
          answer(
              observer,
              CreatePaymentResponse.newBuilder()
                  .setPayment(record(request, PaymentStatus.PAYMENT_STATUS_CHARGED))
                  .build());
      case DECLINES -> {
        record(request, PaymentStatus.PAYMENT_STATUS_DECLINED);
        refuse(observer, Status.FAILED_PRECONDITION, FakeMall.DECLINE_REASON);
      }
      case LOSES_ANSWER -> {
        record(request, PaymentStatus.PAYMENT_STATUS_CHARGED);
        refuse(observer, Status.UNAVAILABLE, "connection lost");
      }
      case LOSES_REQUEST -> refuse(observer, Status.UNAVAILABLE, "connection lost");
      case HANGS -> record(request, PaymentStatus.PAYMENT_STATUS_PENDING);
    }
  }

  @Override
  public void getPayment(GetPaymentRequest request, StreamObserver<GetPaymentResponse> observer) {
    Payment payment = mall.payments.get(request.getOrderId());
    if (payment == null) {
      refuse(observer, Status.NOT_FOUND, "there never was a payment");
    } else if (mall.paymentRecordsAway.contains(payment.getUserId())) {
      refuse(observer, Status.UNAVAILABLE, "away");
    } else {
      answer(observer, GetPaymentResponse.newBuilder().setPayment(payment).build());
    }
  }

  @Override
  public void refundPayment(
      RefundPaymentRequest request, StreamObserver<RefundPaymentResponse> observer) {
    Payment refunded =
        mall.payments.computeIfPresent(
            request.getOrderId(),
            (id, payment) ->
                payment.toBuilder().setStatus(PaymentStatus.PAYMENT_STATUS_REFUNDED).build());
    answer(observer, RefundPaymentResponse.newBuilder().setPayment(refunded).build());
  }

  @Override
  public void voidPayment(
      VoidPaymentRequest request, StreamObserver<VoidPaymentResponse> observer) {
    Payment voided =
        Payment.newBuilder()
            .setOrderId(request.getOrderId())
            .setUserId(request.getUserId())
            .setAmount(request.getAmount())
            .setStatus(PaymentStatus.PAYMENT_STATUS_VOIDED)
            .build();
    Payment earlier = mall.payments.putIfAbsent(request.getOrderId(), voided);
    answer(
        observer,
        VoidPaymentResponse.newBuilder().setPayment(earlier == null ? voided : earlier).build());
  }

  private Payment record(CreatePaymentRequest request, PaymentStatus status) {
    boolean declined = status == PaymentStatus.PAYMENT_STATUS_DECLINED;
    Payment payment =
        Payment.newBuilder()
            .setOrderId(request.getOrderId())
            .setUserId(request.getUserId())
            .setAmount(request.getAmount())
            .setStatus(status)
            .setDeclineReason(declined ? FakeMall.DECLINE_REASON : "")
            .build();
    mall.payments.put(request.getOrderId(), payment);
    return payment;
  }
}
