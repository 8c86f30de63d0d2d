package dev.platform.mall;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the three databases and finds contradictions. Each database belongs to one app; only
 * this audit sees all of them.
 */
final class DatabaseAudit {

  /** The final histories that an order may have. */
  private static final Set<String> ENDS =
      Set.of(
          "COMPLETED after CREATED 1, PAID 2, SHIPPED 3, COMPLETED 4",
          "CANCELLED after CREATED 1, CANCELLED 2");

  private final boolean keys;
  private final Mall mall;
  private final Map<String, Long> initial = new TreeMap<>();

  DatabaseAudit(Mall mall) {
    this(mall, true);
  }

  private DatabaseAudit(Mall mall, boolean keys) {
    this.keys = keys;
    this.mall = mall;
  }

  /** For orders that were placed without idempotency keys. */
  static DatabaseAudit withoutKeys(Mall mall) {
    return new DatabaseAudit(mall, false);
  }

  /** Sets the available pieces of these products. */
  void stock(List<String> products, int pieces) throws SQLException {
    try (Connection inventory = mall.database(App.INVENTORY);
        PreparedStatement update =
            inventory.prepareStatement("update stock set available = ? where product_id = ?")) {
      for (String product : products) {
        update.setInt(1, pieces);
        update.setString(2, product);
        update.executeUpdate();
      }
    }
    read(
            App.INVENTORY,
            "select product_id, available + reserved + sold from stock order by product_id")
        .forEach((product, all) -> initial.put(product, Long.parseLong(all)));
  }

  /** The number of open items by kind; empty when all are settled. */
  Map<String, String> open() throws SQLException {
    Map<String, String> open = new TreeMap<>();
    open.putAll(
        read(
            App.ORDER,
            "select status, count(*) from orders where due_at is not null group by status"));
    open.putAll(
        read(
            App.ORDER,
            "select 'notifications to deliver', count(*) from outbox having count(*) > 0"));
    open.putAll(
        read(
            App.INVENTORY,
            "select 'reservations held', count(*) from reservation where status = 'HELD'"
                + " having count(*) > 0"));
    open.putAll(
        read(
            App.PAYMENT,
            "select 'payments pending', count(*) from payment where status = 'PENDING'"
                + " having count(*) > 0"));
    return open;
  }

  /**
   * The orders, other than cancelled ones, of users whose names have the prefix, by user and key.
   */
  Map<String, String> liveOrders(String namesBegin) throws SQLException {
    return read(
        App.ORDER,
        "select r.user_id || ' ' || idempotency_key, order_id"
            + " from order_requests r join orders using (order_id)"
            + " where status <> 'CANCELLED' and starts_with(r.user_id, '"
            + namesBegin
            + "')");
  }

  /** The number of payments that wait for the bank. */
  long pending() throws SQLException {
    return Long.parseLong(payments().getOrDefault("PENDING", "0"));
  }

  /** The number of orders by status. */
  Map<String, String> orders() throws SQLException {
    return read(App.ORDER, "select status, count(*) from orders group by status");
  }

  /** The number of payments by status. */
  Map<String, String> payments() throws SQLException {
    return read(App.PAYMENT, "select status, count(*) from payment group by status");
  }

  /** All contradictions, one per line; requires that no items are open. */
  List<String> contradictions() throws SQLException {
    List<String> found = new ArrayList<>();
    stockAddsUp(found);
    moneyAndStockMatchOrders(found);
    eventsAreInSequence(found);
    usersAreNotified(found);
    if (keys) {
      ordersHaveKeys(found);
    }
    return found;
  }

  private void stockAddsUp(List<String> found) throws SQLException {
    Map<String, String> ordered =
        read(
            App.ORDER,
            "select product_id, sum(quantity) from order_items join orders using (order_id)"
                + " where status <> 'CANCELLED' group by product_id");
    Map<String, String> levels =
        read(
            App.INVENTORY,
            "select product_id, available + reserved + sold || ' in all, ' || reserved ||"
                + " ' reserved, ' || sold || ' sold' from stock");
    initial.forEach(
        (product, all) -> {
          String right =
              "%d in all, 0 reserved, %s sold".formatted(all, ordered.getOrDefault(product, "0"));
          if (!right.equals(levels.get(product))) {
            found.add(
                "%s: %s (expected: %s, as is ordered)"
                    .formatted(product, levels.get(product), right));
          }
        });
  }

  private void moneyAndStockMatchOrders(List<String> found) throws SQLException {
    Map<String, String> orders = read(App.ORDER, "select order_id, status from orders");
    Map<String, String> prices =
        read(
            App.ORDER,
            "select order_id, user_id || ' ' || total_minor || ' ' || currency from orders");
    Map<String, String> stock = read(App.INVENTORY, "select id, status from reservation");
    Map<String, String> payments = read(App.PAYMENT, "select order_id, status from payment");
    Map<String, String> charges =
        read(
            App.PAYMENT,
            "select reference, account || ' ' || amount_minor_units || ' ' || currency ||"
                + " case when r.reference is null then '' else ' given back' end"
                + " from bank_charge c left join bank_refund r using (reference)"
                + " where decline_reason = ''");

    Set<String> ids = new TreeSet<>(orders.keySet());
    ids.addAll(payments.keySet());
    ids.addAll(charges.keySet());
    for (String id : ids) {
      String order = orders.getOrDefault(id, "unknown");
      String reserved = stock.getOrDefault(id, "never made");
      String payment = payments.getOrDefault(id, "none");
      String price = prices.getOrDefault(id, "nothing");
      String charge = charges.getOrDefault(id, "nothing");
      boolean right =
          order.equals("COMPLETED")
              ? reserved.equals("CONFIRMED") && payment.equals("CHARGED") && charge.equals(price)
              : order.equals("CANCELLED")
                  && Set.of("RELEASED", "EXPIRED").contains(reserved)
                  && isUnpaid(payment, charge, price);
      if (!right) {
        found.add(
            "order %s is %s for %s, its reservation %s, its payment %s, the bank took %s"
                .formatted(id, order, price, reserved, payment, charge));
      }
    }
  }

  private static boolean isUnpaid(String payment, String charge, String price) {
    return payment.equals("REFUNDED")
        ? charge.equals(price + " given back")
        : Set.of("none", "DECLINED", "VOIDED").contains(payment) && charge.equals("nothing");
  }

  private void eventsAreInSequence(List<String> found) throws SQLException {
    read(
            App.ORDER,
            "select o.order_id, o.status || ' after ' ||"
                + " string_agg(e.status || ' ' || sequence, ', ' order by sequence)"
                + " from orders o left join order_events e using (order_id) group by o.order_id")
        .forEach(
            (id, events) -> {
              if (events == null || !ENDS.contains(events)) {
                found.add("order " + id + " is " + events);
              }
            });
  }

  private void usersAreNotified(List<String> found) throws SQLException {
    read(
            App.ORDER,
            "select e.order_id || ':' || e.sequence, o.user_id from order_events e"
                + " join orders o using (order_id) left join notifications n"
                + " on n.notification_id = e.order_id || ':' || e.sequence"
                + " and n.user_id = o.user_id where e.sequence > 1 and n.sequence is null")
        .forEach((event, user) -> found.add(user + " has no notification of " + event));
    read(
            App.ORDER,
            "select user_id, count(*) || ' of ' || last_sequence from mailboxes"
                + " join notifications using (user_id) group by user_id, last_sequence"
                + " having count(*) <> last_sequence or max(sequence) <> last_sequence")
        .forEach((user, count) -> found.add(user + " has notifications " + count));
  }

  private void ordersHaveKeys(List<String> found) throws SQLException {
    read(
            App.ORDER,
            "select order_id, user_id from orders o where status <> 'CANCELLED' and not exists"
                + " (select 1 from order_requests r where recorded and r.order_id = o.order_id)")
        .forEach((id, user) -> found.add("order " + id + " of " + user + " has no key"));
    read(
            App.ORDER,
            "select user_id || ' ' || idempotency_key, order_id from order_requests r"
                + " where recorded and not exists"
                + " (select 1 from orders o where o.order_id = r.order_id)")
        .forEach((key, id) -> found.add("key " + key + " has no order " + id));
  }

  /** Maps the first column to the second. */
  private Map<String, String> read(App app, String sql) throws SQLException {
    try (Connection database = mall.database(app);
        ResultSet rows = database.createStatement().executeQuery(sql)) {
      Map<String, String> values = new TreeMap<>();
      while (rows.next()) {
        values.put(rows.getString(1), rows.getString(2));
      }
      return values;
    }
  }
}
