package dev.platform.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An order's outcome by its payment's record and age. */
class RecoverOrdersTest {

  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration CANCEL_AFTER = Duration.ofMinutes(2);

  private final List<String> steps = new ArrayList<>();
  private Optional<Payment> payment = Optional.empty();

  @Test
  void paysAChargedOrder() {
    payment = Optional.of(Payment.in(Payment.State.CHARGED));

    assertThat(recoverAt(CREATED.plusSeconds(10))).isTrue();
    assertThat(steps).containsExactly("confirm", "PAID");
  }

  @Test
  void cancelsADeclinedOrder() {
    payment = Optional.of(new Payment(Payment.State.DECLINED, "card expired"));

    recoverAt(CREATED.plusSeconds(10));
    assertThat(steps).containsExactly("release", "CANCELLED: card expired");
  }

  @Test
  void retriesOnlyAPendingPayment() {
    payment = Optional.of(Payment.in(Payment.State.PENDING));

    recoverAt(CREATED.plus(CANCEL_AFTER).plusSeconds(1));
    assertThat(steps).containsExactly("charge", "confirm", "PAID");
  }

  @Test
  void keepsAnUnpaidOrderWhileItsPaymentMayArrive() {
    recoverAt(CREATED.plus(CANCEL_AFTER).minusMillis(1));
    assertThat(steps).isEmpty();
  }

  @Test
  void cancelsAnUnpaidOrderOnceItIsOldEnough() {
    recoverAt(CREATED.plus(CANCEL_AFTER));
    assertThat(steps).containsExactly("rule out", "release", "CANCELLED: it was not paid in time");
  }

  @Test
  void settlesAnOldOrderPaidAtTheLastMoment() {
    payments.comingLate = Payment.in(Payment.State.CHARGED);

    recoverAt(CREATED.plus(CANCEL_AFTER));
    assertThat(steps).containsExactly("rule out", "confirm", "PAID");
  }

  @Test
  void completesAPaymentRequestedAtTheLastMoment() {
    payments.comingLate = Payment.in(Payment.State.PENDING);

    recoverAt(CREATED.plus(CANCEL_AFTER));
    assertThat(steps).containsExactly("rule out", "charge", "confirm", "PAID");
  }

  @Test
  void cancelsAnOrderWhosePaymentAnEarlierRecoveryVoided() {
    payment = Optional.of(Payment.in(Payment.State.VOIDED));

    recoverAt(CREATED.plus(CANCEL_AFTER));
    assertThat(steps).containsExactly("release", "CANCELLED: it was not paid in time");
  }

  @Test
  void keepsAnOrderWhosePaymentCannotBeVoided() {
    payments.ruledOut = false;

    assertThatThrownBy(() -> recoverAt(CREATED.plus(CANCEL_AFTER)))
        .isInstanceOf(RemoteFailure.class);
    assertThat(steps).containsExactly("rule out");
  }

  @Test
  void changesNothingIfPaymentServiceIsDown() {
    payments.away = true;

    assertThatThrownBy(() -> recoverAt(CREATED.plus(CANCEL_AFTER)))
        .isInstanceOf(RemoteFailure.class);
    assertThat(steps).isEmpty();
  }

  private final FakePayments payments = new FakePayments();

  private boolean recoverAt(Instant now) {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    FakeOrders orders = new FakeOrders();
    SettleOrder settle =
        new SettleOrder(new FakeStock(), payments, orders, clock, Duration.ofSeconds(2));
    FollowUpTracer followUpTracer =
        (what, orderId, origin, work) -> {
          assertThat(List.of(what, orderId, origin))
              .containsExactly("recover_order", orders.order.id(), "origin of it");
          work.run();
        };
    DueBatches batches =
        new DueBatches(Task.RECOVERY, failedWork, Runnable::run, 1, Duration.ofSeconds(10), clock);
    return new RecoverOrders(orders, payments, settle, clock, CANCEL_AFTER, batches, followUpTracer)
        .next();
  }

  private final FailedWork failedWork =
      new FailedWork() {
        @Override
        public FailureScope scopeOf(RuntimeException failure) {
          return failure instanceof RemoteFailure remote ? remote.scope() : FailureScope.ONE;
        }

        @Override
        public void failed(Task task, String id, RuntimeException failure, Duration retryAfter) {
          throw new AssertionError("unexpected", failure);
        }

        @Override
        public void park(Task task, String id, String reason) {
          throw new AssertionError(reason);
        }
      };

  private final class FakePayments implements Payments {
    boolean away;
    boolean ruledOut = true;
    Payment comingLate = Payment.in(Payment.State.VOIDED);

    @Override
    public Payment charge(Order order) {
      steps.add("charge");
      return Payment.in(Payment.State.CHARGED);
    }

    @Override
    public Optional<Payment> find(String orderId) {
      if (away) {
        throw new RemoteFailure("payment-service", true, true, new IllegalStateException("away"));
      }
      return payment;
    }

    @Override
    public Payment ruleOut(Order order) {
      steps.add("rule out");
      if (!ruledOut) {
        throw new RemoteFailure("payment-service", true, true, new IllegalStateException("away"));
      }
      return comingLate;
    }

    @Override
    public void refund(String orderId) {
      steps.add("refund");
    }
  }

  private final class FakeStock implements Stock {
    @Override
    public void reserve(Order order) {
      steps.add("reserve");
    }

    @Override
    public boolean confirm(String orderId) {
      steps.add("confirm");
      return true;
    }

    @Override
    public boolean release(String orderId) {
      steps.add("release");
      return true;
    }
  }

  private final class FakeOrders implements Orders {
    private final Order order =
        Order.created(
            "o-1",
            "u-1",
            List.of(new OrderLine("p-1", 1, new Money(100, "EUR"))),
            Duration.ZERO,
            CREATED);

    @Override
    public void record(Order recorded, OrderRequest request, String message, Instant dueAt) {
      throw new AssertionError("recovery records no order");
    }

    @Override
    public Optional<Order> find(String orderId) {
      return Optional.of(order);
    }

    @Override
    public Optional<Order> move(Move move) {
      String reason = move.cancelReason();
      steps.add(move.to() + (reason.isEmpty() ? "" : ": " + reason));
      return Optional.of(order);
    }

    @Override
    public List<DueWork<Order>> claimDue(Task task, Instant now, Instant retryAt, int limit) {
      assertThat(task).isEqualTo(Task.RECOVERY);
      assertThat(retryAt).isAfter(now);
      return List.of(new DueWork<>(order.id(), order, "origin of it"));
    }
  }
}
