package dev.platform.order.domain;

import java.time.Duration;
import java.util.Map;

/**
 * What products cost.
 *
 * @param byProduct the price of each product that is known
 * @param age how old the oldest of them is; zero when all were told just now
 */
public record Prices(Map<String, Money> byProduct, Duration age) {

  public Prices {
    byProduct = Map.copyOf(byProduct);
  }
}
