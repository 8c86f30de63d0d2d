package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Five times as many payments as payment-app accepts. Its concurrency limit sets its capacity,
 * since each payment waits for the bank. The bank is another process. A capacity that depended on
 * the processors, which the load and the database share, would make this a measurement of the
 * machine instead of the limit.
 */
@Tag("nightly")
class OverloadIT {

  private static final int TIMES = 5;
  private static final int BANK_MILLIS = 250;
  private static final int CONCURRENCY_LIMIT = 20;

  /** Calls of normal priority may use nine tenths of the limit. */
  private static final int PERMITS = 18;

  private static final int CAPACITY = PERMITS * 1000 / BANK_MILLIS;

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration OVERLOAD = Duration.ofSeconds(30);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration MEASURED = Duration.ofSeconds(8);
  private static final Duration BACK_WITHIN = Duration.ofSeconds(2);
  private static final double KEPT = 0.9;
  private static final Duration ACCEPTED_P99 = Duration.ofSeconds(1);
  private static final Duration REFUSED = Duration.ofMillis(50);
  private static final Duration NOISE = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static Mall mall;
  private static AppProcess payment;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("overload");
    mall.configure(App.PAYMENT, Map.of("PLATFORM_REGISTRY_SERVICES", "bank-gateway"));
    AppProcess bank = mall.start(App.PAYMENT);
    bank.awaitReady();
    mall.configure(
        App.PAYMENT,
        Map.of(
            "PLATFORM_REGISTRY_SERVICES", "payment-service",
            "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "fixed",
            "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_LIMIT", Integer.toString(CONCURRENCY_LIMIT)));
    payment = mall.start(App.PAYMENT);
    payment.awaitReady();
    new BankSimulator(bank).behave(BANK_MILLIS, 0, 0);
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void acceptedCallsStayFastAndTheOthersAreRejectedImmediately() throws Exception {
    try (Channels channels = new Channels()) {
      Payer payer = new Payer(channels.to(payment.address()));
      atCapacity(payer, WARM_UP);
      double before = atCapacity(payer, MEASURED);
      int normalRate = (int) Math.max(1, before / 3);
      LoadReport normal = open(payer, normalRate, MEASURED);

      LoadReport overload = open(payer, TIMES * CAPACITY, OVERLOAD);
      waitFor(BACK_WITHIN);
      LoadReport back = open(payer, normalRate, MEASURED);
      double after = atCapacity(payer, MEASURED);

      LoadReport accepted = overload.only(outcome -> !outcome.isFailure());
      LoadReport refused =
          overload.only(outcome -> outcome.status().getCode() == Status.Code.RESOURCE_EXHAUSTED);
      double perSecond = accepted.calls() * 1e9 / spanNanos(overload);
      Report.line(
          "overload: capacity %.1f payments/s before, %.1f after; offered %.0f/s, accepted %.1f/s",
          before, after, overload.calls() * 1e9 / spanNanos(overload), perSecond);
      Report.line("overload: accepted %s", accepted);
      Report.line("overload: refused p99.9 %s, %s", refused.percentile(0.999), refused);
      Report.line("overload: normal %s; %s after it: %s", normal, BACK_WITHIN, back);
      assertThat(accepted.calls() + refused.calls())
          .as("all: %s", overload)
          .isEqualTo(overload.calls());
      assertThat(refused.calls()).isGreaterThan((TIMES - 2) * accepted.calls());
      assertThat(perSecond).isGreaterThan(KEPT * Math.min(before, after));
      assertThat(accepted.percentile(0.99)).isLessThan(ACCEPTED_P99);
      assertThat(refused.percentile(0.99)).isLessThan(REFUSED);
      assertThat(back.failures()).isEmpty();
      assertThat(back.percentile(0.99))
          .isLessThan(normal.percentile(0.99).multipliedBy(2).plus(NOISE));
    }
  }

  private record Payer(Channel payments) {

    ListenableFuture<?> pay() {
      return PaymentServiceGrpc.newFutureStub(payments)
          .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
          .createPayment(
              CreatePaymentRequest.newBuilder()
                  .setOrderId(UUID.randomUUID().toString())
                  .setUserId("payer")
                  .setAmount(Money.newBuilder().setMinorUnits(100).setCurrency("EUR"))
                  .build());
    }
  }

  /** Payments a second when each starts as soon as a permit is free. */
  private static double atCapacity(Payer payer, Duration time) {
    try (SteadyLoad load = SteadyLoad.start(1000, PERMITS, payer::pay)) {
      waitFor(time);
      LoadReport report = load.stop();
      // A permit is released slightly after its answer arrives, so some payments are rejected.
      return (report.calls() - report.failures().size()) * 1e9 / spanNanos(report);
    }
  }

  private static LoadReport open(Payer payer, int perSecond, Duration time) {
    try (SteadyLoad load = SteadyLoad.start(perSecond, payer::pay)) {
      waitFor(time);
      return load.stop();
    }
  }

  private static double spanNanos(LoadReport report) {
    long first = report.outcomes().stream().mapToLong(Outcome::sentAt).min().orElseThrow();
    long last = report.outcomes().stream().mapToLong(Outcome::endedAt).max().orElseThrow();
    return last - first;
  }

  private static void waitFor(Duration time) {
    await().pollDelay(time).atMost(time.plus(LIMIT)).until(() -> true);
  }
}
