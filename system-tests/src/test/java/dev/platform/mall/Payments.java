package dev.platform.mall;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.CreatePaymentResponse;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.contracts.payment.v1.VoidPaymentRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Calls one instance of payment-service, whatever it is written in. Answers are statuses as text.
 */
final class Payments implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Channels channels = new Channels();
  private final ManagedChannel channel;

  Payments(String address) {
    this.channel = channels.to(address);
  }

  String create(String order, String user, long minorUnits, String currency) {
    return status(() -> stub(DEADLINE).createPayment(request(order, user, minorUnits, currency)));
  }

  String create(String order, Duration deadline) {
    return status(() -> stub(deadline).createPayment(request(order, "ada", 500, "EUR")));
  }

  /** Starts a payment and returns at once. */
  ListenableFuture<CreatePaymentResponse> start(String order) {
    return PaymentServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .createPayment(request(order, "ada", 500, "EUR"));
  }

  /** The payment; one whose decline reason is the status, if the call failed. */
  Payment get(String order) {
    try {
      return stub(DEADLINE)
          .getPayment(GetPaymentRequest.newBuilder().setOrderId(order).build())
          .getPayment();
    } catch (StatusRuntimeException e) {
      return Payment.newBuilder().setDeclineReason(text(e.getStatus())).build();
    }
  }

  String refund(String order) {
    return status(
        () ->
            stub(DEADLINE)
                .refundPayment(RefundPaymentRequest.newBuilder().setOrderId(order).build()));
  }

  String voidPayment(String order) {
    CreatePaymentRequest same = request(order, "ada", 500, "EUR");
    return status(
        () ->
            stub(DEADLINE)
                .voidPayment(
                    VoidPaymentRequest.newBuilder()
                        .setOrderId(same.getOrderId())
                        .setUserId(same.getUserId())
                        .setAmount(same.getAmount())
                        .build()));
  }

  private PaymentServiceGrpc.PaymentServiceBlockingStub stub(Duration deadline) {
    return PaymentServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static CreatePaymentRequest request(
      String order, String user, long minorUnits, String currency) {
    return CreatePaymentRequest.newBuilder()
        .setOrderId(order)
        .setUserId(user)
        .setAmount(Money.newBuilder().setMinorUnits(minorUnits).setCurrency(currency))
        .build();
  }

  private static String status(Supplier<?> call) {
    try {
      var unused = call.get();
      return text(Status.OK);
    } catch (StatusRuntimeException e) {
      return text(e.getStatus());
    }
  }

  private static String text(Status status) {
    return status.getCode() + ": " + status.getDescription();
  }

  @Override
  public void close() {
    channels.close();
  }
}
