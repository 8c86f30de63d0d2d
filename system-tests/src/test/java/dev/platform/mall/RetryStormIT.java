package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every payment fails with UNAVAILABLE, which order-app retries: payment-app and the bank get
 * little extra load. The calls of order-app's recovery count, too.
 */
@Tag("nightly")
class RetryStormIT {

  private static final int ORDERS_PER_SECOND = 30;
  private static final Duration STORM = Duration.ofSeconds(30);
  private static final double MAX_AMPLIFICATION = 1.2;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final CallCount PAYMENTS = new CallCount("payment.v1.PaymentService");
  private static final CallCount CHARGES = new CallCount("bank.v1.BankGateway");

  private Mall mall;

  @AfterEach
  void close() {
    mall.close();
  }

  @Test
  void retriesAddLittleLoadWhenPaymentFailsCompletely() throws Exception {
    assertThatLoadIsBounded("retry-storm", Map.of());
  }

  @Test
  void theRetryBudgetAloneLimitsTheLoad() throws Exception {
    assertThatLoadIsBounded(
        "retry-storm-without-breakers",
        Map.of("PLATFORM_RESILIENCE_CIRCUITBREAKER_ENABLED", "false"));
  }

  private void assertThatLoadIsBounded(String name, Map<String, String> environment)
      throws Exception {
    mall = Mall.withEtcd(name);
    Map<String, String> all = new HashMap<>(AppEnvironment.DEFAULT_TIMES);
    all.putAll(environment);
    mall.configure(App.ORDER, all);
    mall.configure(App.PAYMENT, all);
    mall.startAll();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, 100_000);
    Instance payment = mall.only(App.PAYMENT).instance();
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(100);
      // One call sets the behaviour.
      long charges = CHARGES.at(payment) + 1;
      long payments = PAYMENTS.at(payment);
      new BankSimulator(mall.only(App.PAYMENT)).behave(20, 1, 0);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        await().pollDelay(STORM).atMost(STORM.plus(LIMIT)).until(() -> true);
        LoadReport report = orders.stop();
        payments = PAYMENTS.at(payment) - payments;
        charges = CHARGES.at(payment) - charges;
        Report.line(
            "%s: %d calls to payment-service and %d to the bank for %s",
            name, payments, charges, report);
        assertThat(report.failures()).hasSameSizeAs(report.outcomes());
        assertThat((double) payments).isLessThanOrEqualTo(MAX_AMPLIFICATION * report.calls());
        assertThat((double) charges).isLessThanOrEqualTo(MAX_AMPLIFICATION * report.calls());
      }
    }
  }
}
