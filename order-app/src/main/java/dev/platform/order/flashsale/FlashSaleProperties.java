package dev.platform.order.flashsale;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Products in high demand. Their orders wait in a queue for each product, and are refused when that
 * takes too long.
 *
 * @param products their ids; none by default
 * @param atOnce the number of a product's orders that are processed at the same time
 * @param maxWaiting the maximum number of orders in its queue; each holds a thread, and a slot of
 *     the server's concurrency limit
 * @param maxWait the maximum wait before an order is refused
 */
@ConfigurationProperties("mall.flash-sale")
public record FlashSaleProperties(
    @DefaultValue Set<String> products,
    @DefaultValue("4") int atOnce,
    @DefaultValue("20") int maxWaiting,
    @DefaultValue("2s") Duration maxWait) {

  public FlashSaleProperties {
    products = Set.copyOf(products);
    check(atOnce >= 1, "at-once", atOnce, ">= 1");
    check(maxWaiting >= 0, "max-waiting", maxWaiting, ">= 0");
    check(maxWait.toMillis() >= 1, "max-wait", maxWait, ">= 1ms");
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "mall.flash-sale." + name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
