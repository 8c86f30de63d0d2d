package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Places an order: price, reserve, record, pay, confirm. No database transaction is open during a
 * remote call, and each step is idempotent by order id, so that {@link RecoverOrders} can settle
 * what a process killed at any line leaves, or it expires.
 */
public final class PlaceOrder {

  private final Catalogue catalogue;
  private final Stock stock;
  private final Orders orders;
  private final Payments payments;
  private final SettleOrder settle;
  private final Clock clock;
  private final Duration recoveryAfter;

  /**
   * @param recoveryAfter the pause before recovery checks the order
   */
  public PlaceOrder(
      Catalogue catalogue,
      Stock stock,
      Orders orders,
      Payments payments,
      SettleOrder settle,
      Clock clock,
      Duration recoveryAfter) {
    this.catalogue = catalogue;
    this.stock = stock;
    this.orders = orders;
    this.payments = payments;
    this.settle = settle;
    this.clock = clock;
    this.recoveryAfter = recoveryAfter;
  }

  /**
   * Returns the order once it is paid. Blocks on remote calls and the database.
   *
   * @throws OrderException when it is refused, or its outcome is not known yet
   * @throws RemoteFailure when another service failed before anything was recorded
   */
  Order place(String orderId, OrderRequest request) {
    Order order = price(orderId, request);
    reserve(order);
    record(order, request);
    return ifPaid(payAndConfirm(order));
  }

  /**
   * Returns an order that succeeded; throws its failure, as its first caller got it or would have,
   * if not.
   */
  static Order ifPaid(Order order) {
    return switch (order.status()) {
      case CREATED -> throw OrderException.unsettled(order.id(), null);
      case CANCELLED -> throw OrderException.cancelled(order);
      case PAID, SHIPPED, COMPLETED -> order;
    };
  }

  private Order price(String orderId, OrderRequest request) {
    List<OrderItem> items = request.items();
    Prices prices = catalogue.prices(items.stream().map(OrderItem::productId).toList());
    List<OrderLine> lines = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      OrderItem item = items.get(i);
      Money price = prices.byProduct().get(item.productId());
      if (price == null) {
        throw OrderException.invalid("items[" + i + "].product_id is unknown: " + item.productId());
      }
      lines.add(new OrderLine(item.productId(), item.quantity(), price));
      requireOneCurrency(lines, i);
    }
    return payable(created(orderId, request, lines, prices.age()));
  }

  private Order created(
      String orderId, OrderRequest request, List<OrderLine> lines, Duration priceAge) {
    try {
      return Order.created(orderId, request.userId(), lines, priceAge, clock.instant());
    } catch (ArithmeticException e) {
      throw OrderException.invalid("items cost more than can be counted");
    }
  }

  /** A payment of nothing can be neither made nor voided. */
  private static Order payable(Order order) {
    if (order.total().minorUnits() < 1) {
      throw OrderException.invalid("items cost nothing (expected: something to pay)");
    }
    return order;
  }

  private static void requireOneCurrency(List<OrderLine> lines, int i) {
    String expected = lines.get(0).unitPrice().currency();
    String currency = lines.get(i).unitPrice().currency();
    if (!currency.equals(expected)) {
      throw OrderException.invalid(
          "items[%d].product_id is priced in another currency: %s (expected: %s)"
              .formatted(i, currency, expected));
    }
  }

  private void reserve(Order order) {
    try {
      stock.reserve(order);
    } catch (RemoteFailure e) {
      releaseAfter(e, order);
      throw e;
    }
  }

  private void record(Order order, OrderRequest request) {
    try {
      Instant dueAt = order.createdAt().plus(recoveryAfter);
      orders.record(order, request, "Received, stock reserved", dueAt);
    } catch (RuntimeException e) {
      releaseAfter(e, order);
      throw e;
    }
  }

  private void releaseAfter(RuntimeException failure, Order order) {
    try {
      stock.release(order.id());
    } catch (RemoteFailure e) {
      // The reservation expires.
      failure.addSuppressed(e);
    }
  }

  private Order payAndConfirm(Order order) {
    try {
      return settle.settle(order, charge(order));
    } catch (OrderException e) {
      throw e;
    } catch (RuntimeException e) {
      // After the order was recorded, money may have been taken, whatever the failure.
      throw OrderException.unsettled(order.id(), e);
    }
  }

  private Payment charge(Order order) {
    try {
      return payments.charge(order);
    } catch (RemoteFailure e) {
      if (e.asked()) {
        throw e;
      }
      settle.undo(order, e.getMessage());
      throw OrderException.notPayable(order.id(), e);
    }
  }
}
