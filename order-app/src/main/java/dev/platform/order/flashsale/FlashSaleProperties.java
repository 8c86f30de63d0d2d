package dev.platform.order.flashsale;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Products that many want at once. Orders of them wait in line, one line for each product, and are
 * refused when that takes too long.
 *
 * @param products their ids; none by default
 * @param atOnce how many orders of a product are worked on at the same time
 * @param maxWaiting how many may stand in its line; each holds a thread, and a place of the
 *     server's concurrency limit
 * @param maxWait how long an order waits before it is refused
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
