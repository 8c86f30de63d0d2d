package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Settles orders whose outcome was lost: the payment's own record decides. Safe in several
 * instances at once, and when interrupted at any point.
 */
public final class RecoverOrders {

  private final Orders orders;
  private final Payments payments;
  private final SettleOrder settle;
  private final Clock clock;
  private final Duration recoveryAfter;
  private final Duration cancelAfter;
  private final FollowUpTracer followUpTracer;

  /**
   * @param recoveryAfter the pause until an unsettled order is retried
   * @param cancelAfter the age at which an order without any payment is cancelled, even if its
   *     payment request is still on its way
   */
  public RecoverOrders(
      Orders orders,
      Payments payments,
      SettleOrder settle,
      Clock clock,
      Duration recoveryAfter,
      Duration cancelAfter,
      FollowUpTracer followUpTracer) {
    this.orders = orders;
    this.payments = payments;
    this.settle = settle;
    this.clock = clock;
    this.recoveryAfter = recoveryAfter;
    this.cancelAfter = cancelAfter;
    this.followUpTracer = followUpTracer;
  }

  /** Recovers one due order; false when there was none. Blocks; throws {@link RemoteFailure}. */
  public boolean next() {
    Instant now = clock.instant();
    List<DueWork<Order>> due =
        orders.claimDue(Set.of(OrderStatus.CREATED), now, now.plus(recoveryAfter), 1);
    for (DueWork<Order> claimed : due) {
      Order order = claimed.work();
      followUpTracer.run("recover_order", order.id(), claimed.origin(), () -> recover(order, now));
    }
    return !due.isEmpty();
  }

  private void recover(Order order, Instant now) {
    Optional<Payment> payment = payments.find(order.id());
    if (payment.isEmpty() && !order.createdAt().plus(cancelAfter).isAfter(now)) {
      payment = Optional.of(payments.ruleOut(order));
    }
    payment.ifPresent(known -> settle.settle(order, resolve(order, known)));
  }

  private Payment resolve(Order order, Payment payment) {
    // Repeating a recorded charge makes no second one; it asks the bank again.
    return payment.state() == Payment.State.PENDING ? payments.charge(order) : payment;
  }
}
