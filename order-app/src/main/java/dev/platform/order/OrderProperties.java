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
