package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Moves a CREATED order to the status that its payment implies. Idempotent: may be repeated,
 * interrupted at any line, and run in several places at once.
 */
public final class SettleOrder {

  private final Stock stock;
  private final Payments payments;
  private final Orders orders;
  private final Clock clock;
  private final Duration fulfilmentStep;

  /**
   * @param fulfilmentStep how long a paid order waits for its next step
   */
  public SettleOrder(
      Stock stock, Payments payments, Orders orders, Clock clock, Duration fulfilmentStep) {
    this.stock = stock;
    this.payments = payments;
    this.orders = orders;
    this.clock = clock;
    this.fulfilmentStep = fulfilmentStep;
  }

  /** Returns the order afterwards; still CREATED when the payment is pending. */
  Order settle(Order order, Payment payment) {
    return switch (payment.state()) {
      case CHARGED -> stock.confirm(order.id()) ? markPaid(order) : payBack(order);
      case DECLINED -> giveUp(order, payment.declineReason());
      case REFUNDED -> giveUp(order, "the payment was returned");
      case VOIDED -> giveUp(order, "it was not paid in time");
      case PENDING -> order;
    };
  }

  /** Releases the stock and cancels. Only when no money is, or will be, taken. */
  Order giveUp(Order order, String reason) {
    return move(Move.toCancelled(order, releasing(order, reason), clock.instant()));
  }

  /**
   * Cancels an order that may be placed again: a caller that retries finds the request's key free.
   */
  Order undo(Order order, String reason) {
    return move(Move.toUndone(order, releasing(order, reason), clock.instant()));
  }

  private String releasing(Order order, String reason) {
    // Another process may refund the payment of an order whose stock was sold a moment ago. That
    // needs an operator; a retry would not help.
    return stock.release(order.id()) ? reason : reason + "; its stock stays sold";
  }

  private Order markPaid(Order order) {
    Instant now = clock.instant();
    return move(
        Move.to(order, OrderStatus.PAID, "Paid, stock confirmed", now, now.plus(fulfilmentStep)));
  }

  private Order payBack(Order order) {
    payments.refund(order.id());
    return giveUp(order, "the stock was no longer reserved, the payment was returned");
  }

  private Order move(Move move) {
    String orderId = move.order().id();
    return orders
        .move(move)
        .or(() -> orders.find(orderId))
        .orElseThrow(() -> OrderException.unknownOrder(orderId));
  }
}
