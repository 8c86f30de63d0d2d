package dev.platform.order.trace;

import dev.platform.order.domain.Order;
import dev.platform.order.domain.Stock;
import io.micrometer.common.KeyValues;

/** Traces the reservation of an order's stock as {@code check_inventory}. */
public final class ObservedStock implements Stock {

  private final Stock stock;
  private final OrderSteps steps;

  /**
   * @param stock the delegate
   * @param steps traces the step
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
