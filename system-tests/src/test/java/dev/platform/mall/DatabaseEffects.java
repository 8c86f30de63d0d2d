package dev.platform.mall;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;

/** The effects of requests in the apps' databases, compared with those reported to callers. */
final class DatabaseEffects {

  private final Mall mall;
  private final long piecesAtStart;

  DatabaseEffects(Mall mall) throws SQLException {
    this.mall = mall;
    this.piecesAtStart = pieces();
  }

  /** The number of orders that are neither delivered nor cancelled. */
  long openOrders() throws SQLException {
    return number(App.ORDER, "select count(*) from orders where due_at is not null");
  }

  /**
   * Checks that every effect was reported, except possible effects of uncertain calls, and that
   * every reported effect exists.
   */
  void agreeWith(ReportedEffects reported) throws SQLException {
    Set<String> orders = column(App.ORDER, "select order_id from orders");
    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(orders).as("orders").containsAll(reported.orders);
    Set<String> unreported = new HashSet<>(orders);
    unreported.removeAll(reported.orders);
    softly
        .assertThat(unreported.size())
        .as("unreported orders: %s", unreported)
        .isLessThanOrEqualTo(reported.uncertain.intValue());
    check(
        softly,
        "reservations with lines",
        column(App.INVENTORY, "select distinct reservation_id from reservation_line"),
        reported.reservations,
        orders,
        reported.uncertain.get());
    check(
        softly,
        "reservations without lines",
        column(
            App.INVENTORY,
            "select id from reservation r where not exists"
                + " (select 1 from reservation_line where reservation_id = r.id)"),
        reported.releases,
        orders,
        reported.uncertain.get());
    Set<String> payments = column(App.PAYMENT, "select order_id from payment");
    check(softly, "payments", payments, reported.payments, orders, reported.uncertain.get());
    check(
        softly,
        "charges",
        column(App.PAYMENT, "select reference from bank_charge"),
        reported.charges,
        payments,
        reported.uncertain.get());
    check(
        softly,
        "notifications",
        column(
            App.ORDER,
            "select notification_id from notifications where order_id not in"
                + " (select order_id from orders)"
                + " or notification_id not like order_id || ':%'"),
        reported.notifications,
        Set.of(),
        reported.uncertain.get());
    softly
        .assertThat(pieces() - piecesAtStart)
        .as("delivered pieces")
        .isEqualTo(reported.pieces.get());
    softly
        .assertThat(wrongLevels())
        .as("products whose levels contradict the reservations")
        .isEmpty();
    softly.assertAll();
  }

  private static void check(
      SoftAssertions softly,
      String what,
      Set<String> there,
      Set<String> reported,
      Set<String> others,
      long uncertain) {
    Set<String> unreported = new HashSet<>(there);
    unreported.removeAll(reported);
    unreported.removeAll(others);
    softly
        .assertThat(unreported.size())
        .as("unreported %s: %s", what, unreported)
        .isLessThanOrEqualTo((int) uncertain);
  }

  private long pieces() throws SQLException {
    return number(App.INVENTORY, "select sum(available + reserved + sold) from stock");
  }

  private Set<String> wrongLevels() throws SQLException {
    return column(
        App.INVENTORY,
        """
        select product_id from stock s
        where reserved <> (
            select coalesce(sum(quantity), 0) from reservation_line l
            join reservation r on r.id = l.reservation_id
            where l.product_id = s.product_id and r.status = 'HELD')
          or sold <> (
            select coalesce(sum(quantity), 0) from reservation_line l
            join reservation r on r.id = l.reservation_id
            where l.product_id = s.product_id and r.status = 'CONFIRMED')
        """);
  }

  private long number(App app, String sql) throws SQLException {
    return Long.parseLong(column(app, sql).iterator().next());
  }

  private Set<String> column(App app, String sql) throws SQLException {
    try (Connection connection = mall.database(app);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      Set<String> values = new HashSet<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
