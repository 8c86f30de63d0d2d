package dev.platform.books;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares the four books, and what customers were told, when nothing is left to do. */
final class Audit {

  private final Databases databases;
  private final Scenario scenario;
  private final List<Told> told;
  private final List<Told> last;
  private final List<String> violations = new ArrayList<>();

  /** Order, user, status, total, pieces, events, notifications. */
  private final Map<String, List<String>> orders;

  private final Map<String, String> reservations;
  private final Map<String, String> payments;
  private final Map<String, String> bank;

  /**
   * @param last what customers were told when all was settled
   */
  Audit(Databases databases, Scenario scenario, List<Told> told, List<Told> last) {
    this.databases = databases;
    this.scenario = scenario;
    this.told = told;
    this.last = last;
    this.orders =
        byId(
            databases.read(
                "order",
                """
                select o.order_id, o.user_id, o.status, o.total_minor,
                  (select coalesce(sum(quantity), 0) from order_items i where i.order_id = o.order_id),
                  (select string_agg(e.status || ' ' || e.sequence, ', ' order by e.sequence)
                   from order_events e where e.order_id = o.order_id),
                  (select string_agg(n.notification_id, ' ' order by n.sequence)
                   from notifications n where n.order_id = o.order_id)
                from orders o
                """));
    this.reservations = texts("inventory", "select id, status from reservation");
    this.payments =
        texts(
            "payment",
            "select order_id, status || ' ' || amount_minor_units || ' ' || user_id from payment");
    this.bank =
        texts(
            "payment",
            """
            select c.reference,
              case when decline_reason <> '' then 'declined' else
                amount_minor_units || ' of ' || account ||
                case when r.reference is null then '' else ', refunded' end end
            from bank_charge c left join bank_refund r using (reference)
            """);
  }

  List<String> violations() {
    ordersAreFinal();
    booksAgree();
    stockAddsUp();
    nothingIsLeft();
    customersWereToldTheTruth();
    keysAreUsedOnce();
    return violations;
  }

  private void ordersAreFinal() {
    orders.forEach(
        (id, order) -> {
          String events =
              switch (order.get(2)) {
                case "COMPLETED" -> "CREATED 1, PAID 2, SHIPPED 3, COMPLETED 4";
                case "CANCELLED" -> "CREATED 1, CANCELLED 2";
                default -> "final ones";
              };
          require(order.get(5).equals(events), id, "has the events " + order.get(5), events);
          String notified = order.get(2).equals("COMPLETED") ? "%1$s:2 %1$s:3 %1$s:4" : "%1$s:2";
          require(
              order.get(6).equals(notified.formatted(id)),
              id,
              "has the notifications " + order.get(6),
              notified.formatted("<order>"));
        });
  }

  private void booksAgree() {
    Set<String> ids = new TreeSet<>(orders.keySet());
    ids.addAll(reservations.keySet());
    ids.addAll(payments.keySet());
    ids.addAll(bank.keySet());
    for (String id : ids) {
      List<String> order = orders.get(id);
      String status = order == null ? "unknown" : order.get(2);
      String reserved = reservations.getOrDefault(id, "none");
      String payment = payments.getOrDefault(id, "none");
      String charge = bank.getOrDefault(id, "none");
      String price = order == null ? "" : order.get(3);
      String user = order == null ? "" : order.get(1);
      boolean agree =
          switch (status) {
            case "COMPLETED" ->
                reserved.equals("CONFIRMED")
                    && payment.equals("CHARGED " + price + " " + user)
                    && charge.equals(price + " of " + user);
            case "CANCELLED" -> isReleased(reserved) && isUnpaid(payment, charge, price, user);
            default -> isReleased(reserved) && payment.equals("none") && charge.equals("none");
          };
      require(
          agree,
          id,
          "%s for %s, reservation %s, payment %s, bank %s"
              .formatted(status, price, reserved, payment, charge),
          "books that agree");
    }
  }

  private static boolean isReleased(String reserved) {
    return Set.of("RELEASED", "EXPIRED", "none").contains(reserved);
  }

  private static boolean isUnpaid(String payment, String charge, String price, String user) {
    if (payment.startsWith("REFUNDED ")) {
      return charge.equals(price + " of " + user + ", refunded");
    }
    if (payment.startsWith("DECLINED ")) {
      return charge.equals("declined");
    }
    return (payment.equals("none") || payment.startsWith("VOIDED ")) && charge.equals("none");
  }

  private void stockAddsUp() {
    int sold =
        orders.values().stream()
            .filter(order -> order.get(2).equals("COMPLETED"))
            .mapToInt(order -> Integer.parseInt(order.get(4)))
            .sum();
    List<String> level =
        databases.read("inventory", "select available, reserved, sold from stock").get(0);
    List<String> expected =
        Stream.of(scenario.stock() - sold, Databases.OTHERS, Databases.OTHERS + sold)
            .map(pieces -> Integer.toString(pieces))
            .toList();
    require(
        level.equals(expected), "stock", "available, reserved, sold are " + level, "" + expected);
  }

  private void nothingIsLeft() {
    List<List<String>> left =
        databases.read(
            "order",
            """
            select 'outbox ' || notification_id from outbox
            union all select 'failed ' || task || ' ' || entry_id || ' ' || reason from failed_work
            union all select 'mailbox ' || user_id from mailboxes m where last_sequence <>
              (select count(*) from notifications n where n.user_id = m.user_id)
            """);
    require(left.isEmpty(), "order-app", "still has " + left, "nothing");
  }

  private void customersWereToldTheTruth() {
    for (Told answer : told) {
      String status = answer.orderId().isEmpty() ? "" : statusOf(answer.orderId());
      boolean holds =
          switch (answer.kind()) {
            case PAID -> status.equals("COMPLETED");
            case REFUSED -> status.isEmpty() || status.equals("CANCELLED");
            case UNKNOWN -> !status.equals("none");
            case WRONG -> false;
          };
      require(holds, answer.user(), answer + ", which is " + status, "the truth");
      require(
          !answer.reason().equals("INSUFFICIENT_STOCK") || scenario.stock() < Scenario.PLENTY,
          answer.user(),
          "was told of a shortage",
          "none, with a stock of " + scenario.stock());
    }
    last.forEach(
        answer ->
            require(
                answer.kind() == Told.Kind.PAID || answer.kind() == Told.Kind.REFUSED,
                answer.user(),
                "at last, " + answer,
                "paid or refused"));
  }

  private String statusOf(String orderId) {
    List<String> order = orders.get(orderId);
    return order == null ? "none" : order.get(2);
  }

  private void keysAreUsedOnce() {
    Map<String, Long> completed = new HashMap<>();
    orders.values().stream()
        .filter(order -> order.get(2).equals("COMPLETED"))
        .forEach(order -> completed.merge(order.get(1), 1L, Long::sum));
    completed.forEach(
        (user, count) -> require(count == 1, user, "has " + count + " completed orders", "one"));
    told.stream()
        .filter(answer -> answer.kind() == Told.Kind.PAID)
        .collect(groupingBy(Told::user))
        .forEach(
            (user, answers) -> {
              Set<String> ids = answers.stream().map(Told::orderId).collect(toSet());
              require(ids.size() == 1, user, "was told of the orders " + ids, "one");
            });
    for (Told answer : last) {
      if (answer.kind() == Told.Kind.REFUSED) {
        require(
            !completed.containsKey(answer.user()),
            answer.user(),
            "was refused at last and has an order",
            "none");
      }
    }
  }

  private void require(boolean holds, String who, String what, String expected) {
    if (!holds) {
      violations.add("%s: %s (expected: %s)".formatted(who, what, expected));
    }
  }

  private Map<String, String> texts(String name, String sql) {
    Map<String, String> texts = new HashMap<>();
    byId(databases.read(name, sql)).forEach((id, row) -> texts.put(id, row.get(1)));
    return texts;
  }

  private static Map<String, List<String>> byId(List<List<String>> rows) {
    Map<String, List<String>> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.get(0), row));
    return byId;
  }
}
