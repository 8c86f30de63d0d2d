package dev.platform.payment.api;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import dev.platform.payment.PaymentTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A voided order is never charged, however late its payment is requested. */
class VoidPaymentTest extends PaymentTest {

  @Test
  void refusesAPaymentAfterItWasVoided() {
    Payment voided = voidPayment(order);

    assertThat(voided.getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_VOIDED);
    for (int i = 0; i < 2; i++) {
      assertFails(
          () -> pay(order),
          FAILED_PRECONDITION,
          "order " + order + " was given up before it was paid");
    }
    assertThat(chargesOnTheBooks(order)).isZero();
    assertThat(payment()).isEqualTo(voided);
    assertThat(voidPayment(order)).isEqualTo(voided);
  }

  @Test
  void aVoidedPaymentCannotBeRefunded() {
    voidPayment(order);

    assertFails(
        () -> payments.refundPayment(RefundPaymentRequest.newBuilder().setOrderId(order).build()),
        FAILED_PRECONDITION,
        "the payment of order " + order + " took no money: it was voided");
  }

  @Test
  void leavesARequestedPaymentUnchanged() {
    Payment charged = pay(order);

    assertThat(voidPayment(order)).isEqualTo(charged);
    assertThat(payment()).isEqualTo(charged);
  }

  @Test
  void leavesAPendingPaymentUnchanged() {
    bankAnswers(0, 1, 0);
    assertFails(
        () -> pay(order),
        UNAVAILABLE,
        "the outcome of the payment is not known yet: the bank is not available");

    assertThat(voidPayment(order).getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_PENDING);

    bankAnswers(0, 0, 0);
    assertThat(pay(order).getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
  }

  @Test
  void concurrentVoidAndChargeHaveOneWinner() throws Exception {
    int charged = 0;
    for (int i = 0; i < 50; i++) {
      String id = "order-" + UUID.randomUUID();
      boolean voidFirst = i % 2 == 0;
      List<Future<?>> calls = new ArrayList<>();
      if (voidFirst) {
        calls.add(PaymentServiceGrpc.newFutureStub(payments.getChannel()).voidPayment(voiding(id)));
      }
      calls.add(PaymentServiceGrpc.newFutureStub(payments.getChannel()).createPayment(paying(id)));
      if (!voidFirst) {
        calls.add(PaymentServiceGrpc.newFutureStub(payments.getChannel()).voidPayment(voiding(id)));
      }
      for (Future<?> call : calls) {
        awaitAnswer(call);
      }

      boolean isCharged = payment(id).getStatus() == PaymentStatus.PAYMENT_STATUS_CHARGED;
      assertThat(chargesOnTheBooks(id)).isEqualTo(isCharged ? 1 : 0);
      charged += isCharged ? 1 : 0;
    }
    assertThat(charged).as("charged payments of 50").isBetween(1, 49);
  }

  @Test
  void namesTheInvalidField() {
    VoidPaymentRequest good = voiding(order);
    assertInvalid(good.toBuilder().clearOrderId().build(), "order_id is required");
    assertInvalid(good.toBuilder().clearUserId().build(), "user_id is required");
    assertInvalid(good.toBuilder().clearAmount().build(), "amount is required");
    assertInvalid(
        good.toBuilder().setAmount(euros(0)).build(), "amount.minor_units must be at least 1: 0");
  }

  private void assertInvalid(VoidPaymentRequest request, String message) {
    assertFails(() -> payments.voidPayment(request), INVALID_ARGUMENT, message);
  }

  /** A rejection is a valid answer, too. */
  private static void awaitAnswer(Future<?> call) throws Exception {
    try {
      call.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e).hasMessageContaining("FAILED_PRECONDITION");
    }
  }

  private Payment pay(String orderId) {
    return payments.createPayment(paying(orderId)).getPayment();
  }

  private Payment voidPayment(String orderId) {
    return payments.voidPayment(voiding(orderId)).getPayment();
  }

  private Payment payment() {
    return payment(order);
  }

  private Payment payment(String orderId) {
    return payments
        .getPayment(GetPaymentRequest.newBuilder().setOrderId(orderId).build())
        .getPayment();
  }

  private static CreatePaymentRequest paying(String orderId) {
    return CreatePaymentRequest.newBuilder()
        .setOrderId(orderId)
        .setUserId("ann")
        .setAmount(euros(1999))
        .build();
  }

  private static VoidPaymentRequest voiding(String orderId) {
    return VoidPaymentRequest.newBuilder()
        .setOrderId(orderId)
        .setUserId("ann")
        .setAmount(euros(1999))
        .build();
  }
}
