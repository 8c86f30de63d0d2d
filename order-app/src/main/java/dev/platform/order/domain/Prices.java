package dev.platform.order.domain;

import java.time.Duration;
import java.util.Map;

/**
 * Product prices.
 *
 * @param byProduct the price of each known product
 * @param age the age of the oldest price; zero when all are new
 */
public record Prices(Map<String, Money> byProduct, Duration age) {

  public Prices {
    byProduct = Map.copyOf(byProduct);
  }
}
