package dev.platform.payment.bank.api;

import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.RefundRequest;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.bank.v1.SetBehaviourResponse;
import dev.platform.payment.PaymentTest;
import org.junit.jupiter.api.Test;

class BankGatewayTest extends PaymentTest {

  @Test
  void chargesAReferenceOnce() {
    String first = charge(100);
    String second = charge(100);

    assertThat(first).isNotEmpty().isEqualTo(second);
    assertThat(chargesOnTheBooks(order)).isEqualTo(1);
    String message = "reference " + order + " is known already, with another account or amount";
    assertFails(() -> charge(101), ALREADY_EXISTS, message);
    assertFails(() -> bank.charge(request().setAccount("bob").build()), ALREADY_EXISTS, message);
  }

  @Test
  void keepsADeclinedReferenceDeclined() {
    bankAnswers(0, 0, 1);
    assertFails(() -> charge(100), FAILED_PRECONDITION, "insufficient funds");
    bankAnswers(0, 0, 0);

    assertFails(() -> charge(100), FAILED_PRECONDITION, "insufficient funds");
    assertFails(
        this::refund, FAILED_PRECONDITION, "charge " + order + " was declined and took no money");
  }

  @Test
  void refundsAReferenceOnceAndOnlyIfItIsKnown() {
    assertFails(this::refund, NOT_FOUND, "unknown charge: " + order);
    charge(100);

    assertThat(refund()).isNotEmpty().isEqualTo(refund());
  }

  @Test
  void failsAtTheConfiguredRate() {
    bankAnswers(0, 1, 0);
    assertFails(() -> charge(100), UNAVAILABLE, "the bank is out of order");
    assertFails(this::refund, UNAVAILABLE, "the bank is out of order");
    assertThat(chargesOnTheBooks(order)).isZero();
  }

  @Test
  void takesTheConfiguredTime() {
    bankAnswers(300, 0, 0);
    long start = System.nanoTime();

    charge(100);

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000L);
  }

  @Test
  void changesOnlyTheGivenBehaviour() {
    bankAnswers(250, 0.5, 0.25);

    SetBehaviourResponse now =
        bank.setBehaviour(SetBehaviourRequest.newBuilder().setDeclineRatio(0).build());

    assertThat(now.getLatency()).isEqualTo(Duration.newBuilder().setNanos(250_000_000).build());
    assertThat(now.getFailureRatio()).isEqualTo(0.5);
    assertThat(now.getDeclineRatio()).isZero();
  }

  @Test
  void namesTheInvalidField() {
    assertInvalid(request().clearReference(), "reference is required");
    assertInvalid(request().clearAccount(), "account is required");
    assertInvalid(request().clearAmount(), "amount is required");
    assertInvalid(request().setAmount(euros(0)), "amount.minor_units must be at least 1: 0");
    assertFails(
        () -> bank.refund(RefundRequest.getDefaultInstance()),
        INVALID_ARGUMENT,
        "reference is required");
    assertInvalid(
        SetBehaviourRequest.newBuilder().setFailureRatio(1.5),
        "failure_ratio must be from 0 to 1: 1.5");
    assertInvalid(
        SetBehaviourRequest.newBuilder().setDeclineRatio(Double.NaN),
        "decline_ratio must be from 0 to 1: NaN");
    assertInvalid(
        SetBehaviourRequest.newBuilder().setLatency(Duration.newBuilder().setSeconds(61)),
        "latency must be from 0s to 60s: PT1M1S");
    assertInvalid(
        SetBehaviourRequest.newBuilder().setLatency(Duration.newBuilder().setNanos(-1)),
        "latency must be from 0s to 60s: PT-0.000000001S");
  }

  private void assertInvalid(ChargeRequest.Builder request, String message) {
    assertFails(() -> bank.charge(request.build()), INVALID_ARGUMENT, message);
  }

  private void assertInvalid(SetBehaviourRequest.Builder request, String message) {
    assertFails(() -> bank.setBehaviour(request.build()), INVALID_ARGUMENT, message);
  }

  private String charge(long minorUnits) {
    return bank.charge(request().setAmount(euros(minorUnits)).build()).getChargeId();
  }

  private ChargeRequest.Builder request() {
    return ChargeRequest.newBuilder().setReference(order).setAccount("ann").setAmount(euros(100));
  }

  private String refund() {
    return bank.refund(RefundRequest.newBuilder().setReference(order).build()).getRefundId();
  }
}
