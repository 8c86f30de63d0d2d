package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Waits for the calls that an instance of payment-app serves, by its own meters. */
final class PaymentCalls {

  private final Duration limit;

  /**
   * @param limit the longest wait
   */
  PaymentCalls(Duration limit) {
    this.limit = limit;
  }

  /** Waits for another call; returns how long that took. */
  Duration awaitCalled(AppProcess payment) throws Exception {
    long calls = served(payment);
    long start = System.nanoTime();
    await("calls to " + payment.name())
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> served(payment) > calls);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Waits for two seconds without calls; returns the time of the last call. */
  Duration awaitQuiet(AppProcess payment) throws Exception {
    long start = System.nanoTime();
    long[] last = {served(payment), start};
    await("no calls to " + payment.name())
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              long calls = served(payment);
              if (calls != last[0]) {
                last[0] = calls;
                last[1] = System.nanoTime();
              }
              return System.nanoTime() - last[1] > 2_000_000_000L;
            });
    return Duration.ofNanos(last[1] - start);
  }

  /** How many there were so far. */
  long served(AppProcess payment) throws Exception {
    return new CallCount("payment.v1.PaymentService")
        .in(payment.get("/actuator/prometheus").body());
  }
}
