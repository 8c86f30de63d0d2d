package dev.platform.mall;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What the three databases say, read from outside, and what of it contradicts the rest. Each
 * database is one app's own; only an auditor sees them side by side.
 */
final class Books {

  private final Mall mall;

  Books(Mall mall) {
    this.mall = mall;
  }

  /** Makes so many pieces of these products available, and forgets what was sold before. */
  void stock(List<String> products, int pieces) throws SQLException {
    try (Connection inventory = mall.database(App.INVENTORY);
        PreparedStatement update =
            inventory.prepareStatement(
                "update stock set available = ?, reserved = 0, sold = 0 where product_id = ?")) {
      for (String product : products) {
        update.setInt(1, pieces);
        update.setString(2, product);
        update.executeUpdate();
      }
    }
  }

  /** How many orders have no outcome yet, and how many reservations nobody has decided about. */
  long unsettled() throws SQLException {
    return count(App.ORDER, "select count(*) from orders where status = 'CREATED'")
        + count(App.INVENTORY, "select count(*) from reservation where status = 'HELD'")
        + count(App.PAYMENT, "select count(*) from payment where status = 'PENDING'");
  }

  long orders(String status) throws SQLException {
    return count(App.ORDER, "select count(*) from orders where status = '" + status + "'");
  }

  /** Everything that must not be, one line each. */
  List<String> contradictions(List<String> products, int initial) throws SQLException {
    List<String> found = new ArrayList<>();
    stockAddsUp(products, initial, found);
    moneyFitsOrders(found);
    add(
        found,
        "events with a gap: order ",
        strings(
            App.ORDER,
            "select o.order_id from orders o join order_events e using (order_id) group by"
                + " o.order_id having count(*) <> max(o.last_sequence) or min(e.sequence) <> 1 or"
                + " max(e.sequence) <> count(*)"));
    add(
        found,
        "a key without an order: ",
        strings(
            App.ORDER,
            "select idempotency_key from order_requests r where recorded and not exists"
                + " (select 1 from orders o where o.order_id = r.order_id)"));
    return found;
  }

  private void stockAddsUp(List<String> products, int initial, List<String> found)
      throws SQLException {
    TreeMap<String, String> ordered =
        map(
            App.ORDER,
            "select product_id, sum(quantity)::text from order_items join orders using (order_id)"
                + " where status not in ('CREATED', 'CANCELLED') group by product_id");
    TreeMap<String, String> levels =
        map(
            App.INVENTORY,
            "select product_id, available || ' ' || reserved || ' ' || sold from stock");
    for (String product : products) {
      String[] level = levels.get(product).split(" ");
      long available = Long.parseLong(level[0]);
      long reserved = Long.parseLong(level[1]);
      long sold = Long.parseLong(level[2]);
      long paid = Long.parseLong(ordered.getOrDefault(product, "0"));
      if (available + reserved + sold != initial || reserved != 0 || sold != paid) {
        found.add(
            "%s: %d available, %d reserved, %d sold of %d; %d in paid orders"
                .formatted(product, available, reserved, sold, initial, paid));
      }
    }
  }

  private void moneyFitsOrders(List<String> found) throws SQLException {
    TreeMap<String, String> orders =
        map(App.ORDER, "select order_id, status || ' ' || total_minor from orders");
    TreeMap<String, String> charges =
        map(
            App.PAYMENT,
            "select c.reference, c.amount_minor_units || case when r.reference is null then '' else"
                + " ' back' end from bank_charge c left join bank_refund r using (reference) where"
                + " c.decline_reason = ''");
    orders.forEach(
        (id, order) -> {
          String charge = charges.getOrDefault(id, "none");
          String[] parts = order.split(" ");
          boolean right =
              parts[0].equals("CANCELLED")
                  ? charge.equals("none") || charge.endsWith(" back")
                  : charge.equals(parts[1]);
          if (!right) {
            found.add("order " + id + " is " + order + ", the bank has taken: " + charge);
          }
        });
    charges.forEach(
        (reference, charge) -> {
          if (!orders.containsKey(reference) && !charge.endsWith(" back")) {
            found.add("the bank has taken " + charge + " for no order: " + reference);
          }
        });
  }

  private long count(App app, String sql) throws SQLException {
    return Long.parseLong(strings(app, sql).get(0));
  }

  private List<String> strings(App app, String sql) throws SQLException {
    try (Connection database = mall.database(app);
        ResultSet rows = database.createStatement().executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private TreeMap<String, String> map(App app, String sql) throws SQLException {
    try (Connection database = mall.database(app);
        ResultSet rows = database.createStatement().executeQuery(sql)) {
      TreeMap<String, String> values = new TreeMap<>();
      while (rows.next()) {
        values.put(rows.getString(1), rows.getString(2));
      }
      return values;
    }
  }

  private static void add(List<String> found, String what, List<String> which) {
    which.forEach(one -> found.add(what + one));
  }
}
