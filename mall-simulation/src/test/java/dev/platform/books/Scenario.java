package dev.platform.books;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a history, unless something else is chosen.
 *
 * @param name for people
 * @param stock the pieces of the only product
 * @param bankDeclines whether the bank declines charges
 * @param acts what is done; more than one at the same time
 * @param shared the tables in which the acts use the same rows
 * @param told what is chosen at the first call of a method in any case
 * @param afterCall what happens as soon as the first call of a method is served
 */
record Scenario(
    String name,
    int stock,
    boolean bankDeclines,
    List<Act> acts,
    SharedTables shared,
    Map<String, Choice> told,
    Map<String, Act> afterCall) {

  static final String RESERVE = "inventory.v1.InventoryService/Reserve";
  static final String CONFIRM = "inventory.v1.InventoryService/Confirm";
  static final String CREATE_PAYMENT = "payment.v1.PaymentService/CreatePayment";
  static final String CHARGE = "bank.v1.BankGateway/Charge";
  static final String RECOMMEND = "recommendation.v1.RecommendationService/GetRecommendations";

  /** Enough, even if an attempt that was given up still holds some. */
  static final int PLENTY = 50;

  private static final SharedTables STOCK = SharedTables.of("stock");
  private static final SharedTables ONE_KEY =
      SharedTables.of("stock", "order_requests", "orders", "order_items", "order_events", "outbox");
  private static final SharedTables ONE_ORDER =
      SharedTables.of(
          "stock",
          "reservation",
          "reservation_line",
          "order_requests",
          "orders",
          "order_items",
          "order_events",
          "outbox",
          "failed_work",
          "payment",
          "bank_charge",
          "bank_refund");

  /** Who does something. */
  enum Kind {
    /** A customer orders. */
    ORDER,
    /** Jobs of order-app look for orders without an outcome. */
    RECOVER,
    /** The job of inventory-app looks for reservations that were not confirmed in time. */
    EXPIRE
  }

  /**
   * Something that is done.
   *
   * @param user who orders
   * @param key the order's idempotency key
   * @param after how much time passes before
   */
  record Act(Kind kind, String user, String key, Duration after) {

    private static Act order(String user, String key) {
      return new Act(Kind.ORDER, user, key, Duration.ZERO);
    }

    private static Act job(Kind kind, Duration after) {
      return new Act(kind, "", "", after);
    }

    Act later(Duration time) {
      return new Act(kind, user, key, time);
    }
  }

  private static final Act ANA = Act.order("ana", "1");
  private static final Act BEN = Act.order("ben", "1");

  /** One order, in each way that it may go. */
  static List<Scenario> single() {
    return List.of(
        one("paid"),
        one("without a key").acting(Act.order("ana", "")),
        one("out of stock").withStock(1),
        one("declined").declined(),
        one("the bank's answer is lost").telling(CHARGE, Choice.ANSWER_LOST),
        one("the payment request is lost").telling(CREATE_PAYMENT, Choice.REQUEST_LOST),
        one("the payment request is late").telling(CREATE_PAYMENT, Choice.VERY_LATE),
        one("payments are refused by the breaker").telling(CREATE_PAYMENT, Choice.NOT_SENT),
        one("the reservation's answer is lost").telling(RESERVE, Choice.ANSWER_LOST),
        one("the confirmation is lost").telling(CONFIRM, Choice.REQUEST_LOST),
        one("no recommendations").telling(RECOMMEND, Choice.REQUEST_LOST),
        one("paid after the reservation expired")
            .after(CREATE_PAYMENT, Act.job(Kind.EXPIRE, Wiring.RESERVATION_TTL)));
  }

  /** Two at the same time. */
  static List<Scenario> pairs() {
    Act retry = ANA.later(Wiring.CLAIM_TIMEOUT);
    Act recovery = Act.job(Kind.RECOVER, Wiring.RECOVERY_AFTER);
    Act cancelling = Act.job(Kind.RECOVER, Wiring.CANCEL_AFTER);
    Act expiry = Act.job(Kind.EXPIRE, Wiring.RESERVATION_TTL);
    return List.of(
        one("two orders for the last pieces").withStock(3).sharing(STOCK).acting(ANA, BEN),
        one("one key twice").sharing(ONE_KEY).acting(ANA, ANA),
        one("one key again after its claim's time").sharing(ONE_KEY).acting(ANA, retry),
        one("an order and its recovery").sharing(ONE_ORDER).acting(ANA, recovery),
        one("an order and its cancellation").sharing(ONE_ORDER).acting(ANA, cancelling),
        one("an order and the expiry of its reservation").sharing(ONE_ORDER).acting(ANA, expiry),
        one("two recoveries of an order")
            .sharing(ONE_ORDER)
            .telling(CHARGE, Choice.ANSWER_LOST)
            .acting(recovery, cancelling));
  }

  private static Scenario one(String name) {
    return new Scenario(name, PLENTY, false, List.of(ANA), SharedTables.none(), Map.of(), Map.of());
  }

  private Scenario withStock(int pieces) {
    return new Scenario(name, pieces, bankDeclines, acts, shared, told, afterCall);
  }

  private Scenario declined() {
    return new Scenario(name, stock, true, acts, shared, told, afterCall);
  }

  private Scenario acting(Act... all) {
    return new Scenario(name, stock, bankDeclines, List.of(all), shared, told, afterCall);
  }

  private Scenario sharing(SharedTables tables) {
    return new Scenario(name, stock, bankDeclines, acts, tables, told, afterCall);
  }

  private Scenario telling(String method, Choice choice) {
    return new Scenario(name, stock, bankDeclines, acts, shared, Map.of(method, choice), afterCall);
  }

  private Scenario after(String method, Act act) {
    return new Scenario(name, stock, bankDeclines, acts, shared, told, Map.of(method, act));
  }

  /** Whether only jobs are at work: an order was placed, and is open, before they begin. */
  boolean beginsWithAnOrder() {
    return acts.stream().noneMatch(act -> act.kind() == Kind.ORDER);
  }

  /** Whether it does not matter which act begins. */
  boolean isSymmetric() {
    return acts.stream().map(act -> act.kind() + " after " + act.after()).distinct().count() == 1;
  }

  /** The customers' orders, each key once. */
  List<Act> orders() {
    Map<String, Act> orders = new LinkedHashMap<>();
    List<Act> all = new ArrayList<>(acts);
    if (beginsWithAnOrder()) {
      all.add(ANA);
    }
    all.stream()
        .filter(act -> act.kind() == Kind.ORDER)
        .forEach(act -> orders.putIfAbsent(act.user() + " " + act.key(), act.later(Duration.ZERO)));
    return List.copyOf(orders.values());
  }

  @Nullable Choice told(String method) {
    return told.get(method);
  }
}
