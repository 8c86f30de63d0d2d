package dev.platform.payment.api;

import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.CreatePaymentResponse;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import dev.platform.payment.PaymentTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class PaymentServiceTest extends PaymentTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Autowired private HikariDataSource pool;

  @Test
  void chargesAnOrderOnceDespiteRepeatedRequests() {
    Payment first = pay(1999);
    Payment second = pay(1999);

    assertThat(first.getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    assertThat(first.getOrderId()).isEqualTo(order);
    assertThat(first.getUserId()).isEqualTo("ann");
    assertThat(first.getAmount()).isEqualTo(euros(1999));
    assertThat(first.getPaymentId()).isNotEmpty();
    assertThat(second).isEqualTo(first);
    assertThat(payment()).isEqualTo(first);
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
  }

  @Test
  void chargesOnceForConcurrentDuplicates() throws Exception {
    bankAnswers(20, 0, 0);
    ExecutorService callers = Executors.newFixedThreadPool(16);
    List<Future<Payment>> answers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      answers.add(callers.submit(() -> pay(500)));
    }
    callers.shutdown();

    for (Future<Payment> answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(payment());
    }
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
  }

  @Test
  void countsCodePointsNotChars() {
    String trolleys = "\ud83d\uded2".repeat(128);

    assertThat(payments.createPayment(request(trolleys, euros(1))).getPayment().getUserId())
        .isEqualTo(trolleys);
  }

  @Test
  void refusesADifferentAmountOrUserForAKnownOrder() {
    pay(1999);

    String message = "order " + order + " has a payment already, of another user or amount";
    assertFails(() -> pay(2000), ALREADY_EXISTS, message);
    assertFails(() -> payments.createPayment(request("bob", euros(1999))), ALREADY_EXISTS, message);
    assertFails(
        () ->
            payments.createPayment(
                request("ann", euros(1999).toBuilder().setCurrency("USD").build())),
        ALREADY_EXISTS,
        message);
  }

  @Test
  void reportsTheBanksReasonAndStaysDeclined() {
    bankAnswers(0, 0, 1);
    assertFails(() -> pay(1999), FAILED_PRECONDITION, "payment declined: insufficient funds");

    bankAnswers(0, 0, 0);
    assertFails(() -> pay(1999), FAILED_PRECONDITION, "payment declined: insufficient funds");
    assertThat(payment().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_DECLINED);
    assertThat(payment().getDeclineReason()).isEqualTo("insufficient funds");
    assertFails(
        this::refund,
        FAILED_PRECONDITION,
        "the payment of order " + order + " took no money: it was declined");
  }

  @Test
  void staysPendingWhileTheBankIsDownAndIsChargedLater() {
    bankAnswers(0, 1, 0);
    assertFails(
        () -> pay(1999),
        UNAVAILABLE,
        "the outcome of the payment is not known yet: the bank is not available");
    assertThat(payment().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_PENDING);

    bankAnswers(0, 0, 0);
    assertThat(pay(1999).getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
  }

  @Test
  void doesNotChargeAgainIfTheFirstAnswerWasLost() {
    cancelAfterCharge();
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
    assertThat(payment().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_PENDING);

    bankAnswers(0, 0, 0);
    assertThat(pay(1999).getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
  }

  @Test
  void holdsNoConnectionWhileWaitingForTheBank() throws Exception {
    bankAnswers(3000, 0, 0);
    CompletableFuture<Payment> answer = CompletableFuture.supplyAsync(() -> pay(1999));

    await().atMost(TIMEOUT).until(() -> chargesOnTheBooks(order) == 1);
    await()
        .atMost(Duration.ofMillis(2500))
        .until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
    assertThat(answer).isNotDone();
    assertThat(answer.get(30, TimeUnit.SECONDS).getStatus())
        .isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);
  }

  @Test
  void refundsOnce() {
    pay(1999);

    Payment first = refund();
    Payment second = refund();

    assertThat(first.getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_REFUNDED);
    assertThat(second).isEqualTo(first);
    assertThat(payment()).isEqualTo(first);
    assertThat(refundsOnTheBooks()).isEqualTo(1);
    assertFails(
        () -> pay(1999), FAILED_PRECONDITION, "the payment of order " + order + " was given back");
  }

  @Test
  void isDeclinedIfTheReferenceBelongsToAnotherAccount() {
    assertThat(
            bank.charge(
                ChargeRequest.newBuilder()
                    .setReference(order)
                    .setAccount("mallory")
                    .setAmount(euros(1))
                    .build()))
        .isNotNull();

    assertFails(
        () -> pay(1999),
        FAILED_PRECONDITION,
        "payment declined: reference "
            + order
            + " is known already, with another account or amount");
    assertThat(payment().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_DECLINED);
  }

  @Test
  void refundsAChargeWhoseAnswerWasLost() {
    cancelAfterCharge();
    bankAnswers(0, 0, 0);

    assertThat(refund().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_REFUNDED);
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
    assertThat(refundsOnTheBooks()).isEqualTo(1);
  }

  @Test
  void refundsLaterIfTheBankIsDown() {
    pay(1999);
    bankAnswers(0, 1, 0);
    assertFails(
        this::refund,
        UNAVAILABLE,
        "the outcome of the payment is not known yet: the bank is not available");
    assertThat(payment().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_CHARGED);

    bankAnswers(0, 0, 0);
    assertThat(refund().getStatus()).isEqualTo(PaymentStatus.PAYMENT_STATUS_REFUNDED);
  }

  @Test
  void refusesToRefundAnOrderWithoutAPayment() {
    assertFails(this::payment, NOT_FOUND, "order " + order + " has no payment");
    assertFails(this::refund, NOT_FOUND, "order " + order + " has no payment");
  }

  @Test
  void namesTheInvalidField() {
    CreatePaymentRequest good = request("ann", euros(1));
    assertInvalid(good.toBuilder().clearOrderId().build(), "order_id is required");
    assertInvalid(good.toBuilder().clearUserId().build(), "user_id is required");
    assertInvalid(
        good.toBuilder().setUserId("\ud83d\uded2".repeat(129)).build(),
        "user_id must have at most 128 characters: 129");
    assertInvalid(
        good.toBuilder().setUserId("x".repeat(129)).build(),
        "user_id must have at most 128 characters: 129");
    assertInvalid(
        good.toBuilder().setUserId("a\u0000").build(),
        "user_id must not contain control characters");
    assertInvalid(good.toBuilder().clearAmount().build(), "amount is required");
    assertInvalid(request("ann", euros(0)), "amount.minor_units must be at least 1: 0");
    assertInvalid(request("ann", euros(-5)), "amount.minor_units must be at least 1: -5");
    assertInvalid(
        request("ann", euros(5).toBuilder().setCurrency("euro").build()),
        "amount.currency must be an ISO 4217 code in capitals");
    assertFails(
        () -> payments.getPayment(GetPaymentRequest.getDefaultInstance()),
        INVALID_ARGUMENT,
        "order_id is required");
    assertFails(
        () -> payments.refundPayment(RefundPaymentRequest.getDefaultInstance()),
        INVALID_ARGUMENT,
        "order_id is required");
  }

  /** The bank charges, but the caller cancels before the response. */
  private void cancelAfterCharge() {
    bankAnswers(10_000, 0, 0);
    Future<CreatePaymentResponse> answer =
        PaymentServiceGrpc.newFutureStub(payments.getChannel())
            .createPayment(request("ann", euros(1999)));
    await().atMost(TIMEOUT).until(() -> chargesOnTheBooks(order) == 1);
    answer.cancel(true);
  }

  private void assertInvalid(CreatePaymentRequest request, String message) {
    assertFails(() -> payments.createPayment(request), INVALID_ARGUMENT, message);
  }

  private Payment pay(long minorUnits) {
    return payments.createPayment(request("ann", euros(minorUnits))).getPayment();
  }

  private CreatePaymentRequest request(String user, Money amount) {
    return CreatePaymentRequest.newBuilder()
        .setOrderId(order)
        .setUserId(user)
        .setAmount(amount)
        .build();
  }

  private Payment payment() {
    return payments
        .getPayment(GetPaymentRequest.newBuilder().setOrderId(order).build())
        .getPayment();
  }

  private Payment refund() {
    return payments
        .refundPayment(RefundPaymentRequest.newBuilder().setOrderId(order).build())
        .getPayment();
  }

  private int refundsOnTheBooks() {
    return jdbc.sql("select count(*) from bank_refund where reference = ?")
        .param(order)
        .query(Integer.class)
        .single();
  }
}
