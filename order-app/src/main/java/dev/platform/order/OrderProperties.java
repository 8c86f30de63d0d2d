package dev.platform.order;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How orders are processed.
 *
 * @param recoveryAfter the age at which recovery first checks an order without an outcome, and the
 *     pause until it checks the order again
 * @param cancelAfter the age at which an order without any payment is cancelled; longer than
 *     recoveryAfter
 * @param claimTimeout the age at which an idempotency key's claim without an order counts as
 *     abandoned; longer than placing an order takes
 * @param fulfilmentStep the time from PAID to SHIPPED, and from there to COMPLETED
 * @param recommendationTimeout how long an answer waits for recommendations
 * @param lastProducts which product details are kept for when product-service is unavailable
 * @param notificationRetry how long until an undelivered notification is tried again
 * @param jobInterval the pause between two polls for due orders and notifications
 * @param jobs how much the jobs do at once, and when they give up an entry
 * @param watchInterval the pause between two polls for events that watchers have not seen yet
 */
@ConfigurationProperties("mall.order")
public record OrderProperties(
    @DefaultValue("10s") Duration recoveryAfter,
    @DefaultValue("2m") Duration cancelAfter,
    @DefaultValue("30s") Duration claimTimeout,
    @DefaultValue("2s") Duration fulfilmentStep,
    @DefaultValue("300ms") Duration recommendationTimeout,
    @DefaultValue LastProducts lastProducts,
    @DefaultValue("5s") Duration notificationRetry,
    @DefaultValue("250ms") Duration jobInterval,
    @DefaultValue Jobs jobs,
    @DefaultValue("100ms") Duration watchInterval) {

  public OrderProperties {
    requirePositive("recovery-after", recoveryAfter);
    requirePositive("claim-timeout", claimTimeout);
    requirePositive("fulfilment-step", fulfilmentStep);
    requirePositive("recommendation-timeout", recommendationTimeout);
    requirePositive("notification-retry", notificationRetry);
    requirePositive("job-interval", jobInterval);
    requirePositive("watch-interval", watchInterval);
    if (cancelAfter.compareTo(recoveryAfter) <= 0) {
      throw wrong("cancel-after", cancelAfter, "more than recovery-after, " + recoveryAfter);
    }
  }

  /**
   * Product details from product-service's last good answers.
   *
   * @param maxAge the maximum age of an answer that is used in place of a new one
   * @param maxProducts the number of products kept; 0 for none
   */
  public record LastProducts(
      @DefaultValue("1h") Duration maxAge, @DefaultValue("10000") int maxProducts) {

    public LastProducts {
      requirePositive("last-products.max-age", maxAge);
      if (maxProducts < 0) {
        throw wrong("last-products.max-products", maxProducts, ">= 0");
      }
    }
  }

  /**
   * The background jobs: recovery, fulfilment, and the delivery of notifications.
   *
   * @param atOnce how many entries each of them works on at once, 1 to 64
   * @param batch how many entries it claims together, 1 to 1000
   * @param maxAttempts after how many failed attempts an entry that fails by itself is parked
   * @param longestPause the pause between two attempts doubles up to this one
   * @param measureInterval the pause between two measurements of the backlog
   */
  public record Jobs(
      @DefaultValue("4") int atOnce,
      @DefaultValue("50") int batch,
      @DefaultValue("10") int maxAttempts,
      @DefaultValue("1m") Duration longestPause,
      @DefaultValue("5s") Duration measureInterval) {

    private static final int MOST_AT_ONCE = 64;
    private static final int MOST_CLAIMED = 1000;

    public Jobs {
      requireOneTo(MOST_AT_ONCE, "jobs.at-once", atOnce);
      requireOneTo(MOST_CLAIMED, "jobs.batch", batch);
      if (maxAttempts < 1) {
        throw wrong("jobs.max-attempts", maxAttempts, ">= 1");
      }
      requirePositive("jobs.longest-pause", longestPause);
      requirePositive("jobs.measure-interval", measureInterval);
    }
  }

  private static void requireOneTo(int most, String name, int value) {
    if (value < 1 || value > most) {
      throw wrong(name, value, "1 to " + most);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw wrong(name, value, ">= 1ms");
    }
  }

  private static IllegalArgumentException wrong(String name, Object value, String expected) {
    return new IllegalArgumentException(
        "mall.order." + name + ": " + value + " (expected: " + expected + ")");
  }
}
