package dev.platform.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** The order of steps, and the state after each failure. */
class PlaceOrderTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final OrderRequest REQUEST =
      new OrderRequest("u-1", List.of(new OrderItem("p-1", 2), new OrderItem("p-2", 1)), "");

  private final FakePorts world = new FakePorts();

  @Test
  void pricesReservesRecordsPaysConfirms() {
    Order order = world.placeOrder().place("o-1", REQUEST);

    assertThat(world.steps)
        .containsExactly("price", "reserve", "record", "charge", "confirm", "PAID");
    assertThat(order.total()).isEqualTo(new Money(250, "EUR"));
  }

  @Test
  void releasesAndCancelsWhenDeclined() {
    world.payment = new Payment(Payment.State.DECLINED, "card expired");

    assertRefused("card expired");
    assertThat(world.steps)
        .containsExactly("price", "reserve", "record", "charge", "release", "CANCELLED");
  }

  @Test
  void refundsIfTheReservationIsGone() {
    world.reservationGone = true;

    assertRefused("the stock was no longer reserved, the payment was returned");
    assertThat(world.steps)
        .containsExactly(
            "price", "reserve", "record", "charge", "confirm", "refund", "release", "CANCELLED");
  }

  @Test
  void endsASoldOrderThatWasRefundedElsewhere() {
    world.payment = Payment.in(Payment.State.REFUNDED);
    world.sold = true;

    assertRefused("the payment was returned; its stock stays sold");
    assertThat(world.steps)
        .containsExactly("price", "reserve", "record", "charge", "release", "CANCELLED");
    assertThat(world.keyFreed).isFalse();
  }

  @Test
  void stopsBeforeRecordingIfStockIsShort() {
    world.failing = Map.of("reserve", OrderException.refused("insufficient stock", null));

    assertRefused("insufficient stock");
    assertThat(world.steps).containsExactly("price", "reserve");
  }

  @Test
  void releasesIfTheReservationsOutcomeIsUnknown() {
    world.failing = Map.of("reserve", connectionLost("inventory-service"));

    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .isInstanceOf(RemoteFailure.class);
    assertThat(world.steps).containsExactly("price", "reserve", "release");
  }

  @Test
  void releasesIfTheOrderCannotBeRecorded() {
    world.failing = Map.of("record", new IllegalStateException("database"));

    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST)).hasMessage("database");
    assertThat(world.steps).containsExactly("price", "reserve", "record", "release");
  }

  @Test
  void leavesTheOrderToRecoveryIfThePaymentsOutcomeIsUnknown() {
    world.failing = Map.of("charge", connectionLost("payment-service"));

    assertUnsettled();
    assertThat(world.steps).containsExactly("price", "reserve", "record", "charge");
    assertThat(world.dueAt).isEqualTo(NOW.plusSeconds(10));
  }

  @Test
  void cancelsAndReleasesIfThePaymentWasNotRequested() {
    world.failing = Map.of("charge", rejectedByBreaker());

    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .hasMessage("the order was cancelled: payment-service is not available")
        .asInstanceOf(InstanceOfAssertFactories.type(OrderException.class))
        .satisfies(
            e -> {
              assertThat(e.kind()).isEqualTo(OrderException.Kind.NOT_PAYABLE);
              assertThat(e.orderId()).contains("o-1");
            });
    assertThat(world.keyFreed).as("a repeated request finds the key free").isTrue();
    assertThat(world.steps)
        .containsExactly("price", "reserve", "record", "charge", "release", "CANCELLED");
  }

  @Test
  void leavesTheOrderToRecoveryIfCancellingFailsToo() {
    world.failing =
        Map.of("charge", rejectedByBreaker(), "release", connectionLost("inventory-service"));

    assertUnsettled();
    assertThat(world.steps).containsExactly("price", "reserve", "record", "charge", "release");
  }

  @Test
  void leavesTheOrderToRecoveryIfTheConfirmationIsUnknown() {
    world.failing = Map.of("confirm", connectionLost("inventory-service"));

    assertUnsettled();
    assertThat(world.steps).doesNotContain("release", "refund", "CANCELLED");
  }

  @Test
  void doesNotMixCurrencies() {
    world.prices = Map.of("p-1", new Money(100, "EUR"), "p-2", new Money(50, "USD"));

    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .hasMessage("items[1].product_id is priced in another currency: USD (expected: EUR)");
  }

  @Test
  void refusesAnOrderThatCostsNothing() {
    world.prices = Map.of("p-1", new Money(0, "EUR"), "p-2", new Money(0, "EUR"));

    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .hasMessage("items cost nothing (expected: something to pay)");
    assertThat(world.steps).containsExactly("price");
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .hasMessage(reason)
        .extracting(e -> ((OrderException) e).kind())
        .isEqualTo(OrderException.Kind.REFUSED);
  }

  private void assertUnsettled() {
    assertThatThrownBy(() -> world.placeOrder().place("o-1", REQUEST))
        .hasMessageContaining("o-1")
        .extracting(e -> ((OrderException) e).kind())
        .isEqualTo(OrderException.Kind.UNSETTLED);
  }

  private static RemoteFailure rejectedByBreaker() {
    return new RemoteFailure(
        "payment-service", false, false, new IllegalStateException("breaker is open"));
  }

  private static RemoteFailure connectionLost(String service) {
    return new RemoteFailure(service, false, true, new IllegalStateException("connection lost"));
  }

  /** All ports in one class; records the steps, and fails where configured. */
  private static final class FakePorts implements Catalogue, Stock, Orders {

    final List<String> steps = new ArrayList<>();
    Map<String, RuntimeException> failing = Map.of();
    Map<String, Money> prices = Map.of("p-1", new Money(100, "EUR"), "p-2", new Money(50, "EUR"));
    Payment payment = Payment.in(Payment.State.CHARGED);
    boolean reservationGone;
    boolean sold;
    boolean keyFreed;
    Instant dueAt = Instant.MAX;

    final Payments payments =
        new Payments() {
          @Override
          public Payment charge(Order order) {
            step("charge");
            return payment;
          }

          @Override
          public Optional<Payment> find(String orderId) {
            throw new AssertionError("not asked for when an order is placed");
          }

          @Override
          public Payment ruleOut(Order order) {
            throw new AssertionError("not asked for when an order is placed");
          }

          @Override
          public void refund(String orderId) {
            step("refund");
          }
        };

    PlaceOrder placeOrder() {
      Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
      SettleOrder settle = new SettleOrder(this, payments, this, clock, Duration.ofSeconds(2));
      return new PlaceOrder(this, this, this, payments, settle, clock, Duration.ofSeconds(10));
    }

    @Override
    public Prices prices(List<String> productIds) {
      step("price");
      return new Prices(prices, Duration.ZERO);
    }

    @Override
    public void reserve(Order order) {
      step("reserve");
    }

    @Override
    public boolean confirm(String orderId) {
      step("confirm");
      return !reservationGone;
    }

    @Override
    public boolean release(String orderId) {
      step("release");
      return !sold;
    }

    @Override
    public void record(Order order, OrderRequest request, String message, Instant due) {
      step("record");
      dueAt = due;
    }

    @Override
    public Optional<Order> move(Move move) {
      step(move.to().name());
      keyFreed = move.freesKey();
      Order from = move.order();
      return Optional.of(
          new Order(
              from.id(),
              from.userId(),
              from.lines(),
              from.total(),
              from.priceAge(),
              move.to(),
              move.cancelReason(),
              from.createdAt(),
              2));
    }

    @Override
    public Optional<Order> find(String orderId) {
      throw new AssertionError("not asked for when an order is placed");
    }

    @Override
    public List<DueWork<Order>> claimDue(Task task, Instant now, Instant retryAt, int limit) {
      throw new AssertionError("not asked for when an order is placed");
    }

    private void step(String name) {
      steps.add(name);
      if (failing.containsKey(name)) {
        throw failing.get(name);
      }
    }
  }
}
