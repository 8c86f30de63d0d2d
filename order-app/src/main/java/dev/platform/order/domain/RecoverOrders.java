package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Settles orders whose outcome was lost: the payment's own record decides. Safe in several
 * instances at once, and when interrupted at any point.
 */
public final class RecoverOrders {

  private final Orders orders;
  private final Payments payments;
  private final SettleOrder settle;
  private final Clock clock;
  private final Duration cancelAfter;
  private final DueBatches batches;
  private final FollowUpTracer followUpTracer;

  /**
   * @param cancelAfter the age at which an order without any payment is cancelled, even if its
   *     payment request is still on its way
   * @param batches those of {@link Task#RECOVERY}
   */
  public RecoverOrders(
      Orders orders,
      Payments payments,
      SettleOrder settle,
      Clock clock,
      Duration cancelAfter,
      DueBatches batches,
      FollowUpTracer followUpTracer) {
    this.orders = orders;
    this.payments = payments;
    this.settle = settle;
    this.clock = clock;
    this.cancelAfter = cancelAfter;
    this.batches = batches;
    this.followUpTracer = followUpTracer;
  }

  /** Recovers some due orders, as {@link DueBatches#next}. */
  public boolean next() {
    return batches.next(
        (now, retryAt, limit) -> orders.claimDue(Task.RECOVERY, now, retryAt, limit),
        (DueWork<Order> claimed) ->
            followUpTracer.run(
                "recover_order",
                claimed.work().id(),
                claimed.origin(),
                () -> recover(claimed.work())));
  }

  private void recover(Order order) {
    Instant now = clock.instant();
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
