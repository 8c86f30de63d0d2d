package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several instances of payment-app start and stop under steady orders. */
@Tag("nightly")
class PaymentInstancesIT {

  private static final int ORDERS_PER_SECOND = 5;
  private static final int INSTANCES = 3;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The JVM's exit code after SIGTERM: 128 plus the signal's number. */
  private static final int TERMINATED = 143;

  private static final CallCount PAYMENTS = new CallCount("payment.v1.PaymentService");

  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("payment-instances");
    // Shares of some dozens of calls: the default policy gives fewer to processes that are still
    // slow
    // because they have just started.
    mall.configure(App.ORDER, Map.of("PLATFORM_GRPC_LOADBALANCING", "round_robin"));
    mall.startAll();
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void callsAreBalancedEvenlyOverThreeInstances() throws Exception {
    List<AppProcess> instances = mall.scale(App.PAYMENT, INSTANCES);
    try (Shopper shopper = mall.shopper()) {
      warmUp(shopper, instances);

      Map<String, Long> served = count(instances);
      for (int i = 0; i < 60; i++) {
        shopper.order().get();
      }
      minus(served, count(instances));

      Report.line("60 orders over three payment instances: %s", served);
      assertThat(served.values()).allSatisfy(calls -> assertThat(calls).isCloseTo(20, within(3L)));
    }
  }

  @Test
  void noOrderFailsWhenAnInstanceIsStopped() throws Exception {
    List<AppProcess> instances = mall.scale(App.PAYMENT, INSTANCES);
    try (Shopper shopper = mall.shopper()) {
      warmUp(shopper, instances);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        orders.awaitMore(20, LIMIT);

        long start = System.nanoTime();
        int exitCode = instances.get(0).terminate();
        double seconds = (System.nanoTime() - start) / 1e9;

        orders.awaitMore(20, LIMIT);
        LoadReport report = orders.stop();
        Report.line("a payment instance left within %.1f s; orders: %s", seconds, report);
        assertThat(report.failures()).isEmpty();
        assertThat(exitCode).isEqualTo(TERMINATED);
      }
    }
    mall.awaitRegistered();
  }

  @Test
  void anInstanceStartedUnderLoadGetsItsShareAndNoOrderFails() throws Exception {
    List<AppProcess> instances = new ArrayList<>(mall.scale(App.PAYMENT, INSTANCES - 1));
    try (Shopper shopper = mall.shopper()) {
      warmUp(shopper, instances);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        AppProcess late = mall.start(App.PAYMENT);
        late.awaitReady();
        instances.add(late);
        await("the new instance is called")
            .atMost(LIMIT)
            .until(() -> PAYMENTS.at(late.instance()) > 0);

        Map<String, Long> served = count(instances);
        orders.awaitMore(60, LIMIT);
        LoadReport report = orders.stop();
        minus(served, count(instances));

        Report.line("with %s started under load: %s; orders: %s", late.name(), served, report);
        assertThat(report.failures()).isEmpty();
        long all = served.values().stream().mapToLong(Long::longValue).sum();
        assertThat(served.get(late.name())).isCloseTo(all / INSTANCES, within(all / 10));
      }
    }
  }

  private static void warmUp(Shopper shopper, List<AppProcess> instances) {
    shopper.warmUp(20);
    await("all instances are called")
        .atMost(LIMIT)
        .until(
            () -> {
              Map<String, Long> before = count(instances);
              for (int i = 0; i < instances.size(); i++) {
                shopper.order().get();
              }
              minus(before, count(instances));
              return !before.containsValue(0L);
            });
  }

  private static Map<String, Long> count(List<AppProcess> instances)
      throws IOException, InterruptedException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (AppProcess instance : instances) {
      counts.put(instance.name(), PAYMENTS.at(instance.instance()));
    }
    return counts;
  }

  /** Replaces counts by their difference to later counts. */
  private static void minus(Map<String, Long> counts, Map<String, Long> later) {
    counts.replaceAll((name, count) -> later.get(name) - count);
  }
}
