package dev.platform.order.trace;

import dev.platform.order.domain.Order;
import dev.platform.order.domain.Stock;
import io.micrometer.common.KeyValues;

/** Shows the check of an order's stock, which sets it aside, as {@code check_inventory}. */
public final class ObservedStock implements Stock {

  private final Stock stock;
  private final OrderSteps steps;

  /**
   * @param stock does the work
   * @param steps where it is shown
   */
  public ObservedStock(Stock stock, OrderSteps steps) {
    this.stock = stock;
    this.steps = steps;
  }

  @Override
  public void reserve(Order order) {
    steps.run("check_inventory", KeyValues.empty(), () -> stock.reserve(order));
  }

  @Override
  public boolean confirm(String orderId) {
    return stock.confirm(orderId);
  }

  @Override
  public boolean release(String orderId) {
    return stock.release(orderId);
  }
}
