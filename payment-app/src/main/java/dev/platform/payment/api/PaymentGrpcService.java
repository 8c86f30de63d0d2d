package dev.platform.payment.api;

import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.CreatePaymentResponse;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.GetPaymentResponse;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceImplBase;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.contracts.payment.v1.RefundPaymentResponse;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import dev.platform.contracts.payment.v1.VoidPaymentResponse;
import dev.platform.payment.domain.CreatePayment;
import dev.platform.payment.domain.FindPayment;
import dev.platform.payment.domain.Payment;
import dev.platform.payment.domain.RefundPayment;
import dev.platform.payment.domain.VoidPayment;
import dev.platform.payment.grpc.GrpcEndpoint;
import io.grpc.stub.StreamObserver;

/** Validates, maps, delegates to the domain. */
@GrpcEndpoint
public class PaymentGrpcService extends PaymentServiceImplBase {

  private final CreatePayment createPayment;
  private final FindPayment findPayment;
  private final RefundPayment refundPayment;
  private final VoidPayment voidPayment;

  /** Serves these use cases. */
  public PaymentGrpcService(
      CreatePayment createPayment,
      FindPayment findPayment,
      RefundPayment refundPayment,
      VoidPayment voidPayment) {
    this.createPayment = createPayment;
    this.findPayment = findPayment;
    this.refundPayment = refundPayment;
    this.voidPayment = voidPayment;
  }

  @Override
  public void createPayment(
      CreatePaymentRequest request, StreamObserver<CreatePaymentResponse> answer) {
    Payment payment =
        createPayment.create(
            request.getOrderId(), request.getUserId(), PaymentMessages.amount(request));
    answer.onNext(
        CreatePaymentResponse.newBuilder().setPayment(PaymentMessages.payment(payment)).build());
    answer.onCompleted();
  }

  @Override
  public void getPayment(GetPaymentRequest request, StreamObserver<GetPaymentResponse> answer) {
    Payment payment = findPayment.ofOrder(request.getOrderId());
    answer.onNext(
        GetPaymentResponse.newBuilder().setPayment(PaymentMessages.payment(payment)).build());
    answer.onCompleted();
  }

  @Override
  public void refundPayment(
      RefundPaymentRequest request, StreamObserver<RefundPaymentResponse> answer) {
    Payment payment = refundPayment.refund(request.getOrderId());
    answer.onNext(
        RefundPaymentResponse.newBuilder().setPayment(PaymentMessages.payment(payment)).build());
    answer.onCompleted();
  }

  @Override
  public void voidPayment(VoidPaymentRequest request, StreamObserver<VoidPaymentResponse> answer) {
    Payment payment =
        voidPayment.voidUnlessAsked(
            request.getOrderId(), request.getUserId(), PaymentMessages.amount(request));
    answer.onNext(
        VoidPaymentResponse.newBuilder().setPayment(PaymentMessages.payment(payment)).build());
    answer.onCompleted();
  }
}
