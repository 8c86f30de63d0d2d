package dev.platform.mall;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;

/** What requests have left in the apps' databases, compared with what callers were told. */
final class LeftBehind {

  private final Mall mall;
  private final long piecesAtStart;

  LeftBehind(Mall mall) throws SQLException {
    this.mall = mall;
    this.piecesAtStart = pieces();
  }

  /** How many orders are neither delivered nor given up. */
  long openOrders() throws SQLException {
    return number(App.ORDER, "select count(*) from orders where due_at is not null");
  }

  /**
   * Everything that is there was told to somebody, but for what uncertain calls may have left, and
   * everything that was told is there.
   */
  void agreeWith(Effects told) throws SQLException {
    Set<String> orders = column(App.ORDER, "select order_id from orders");
    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(orders).as("orders").containsAll(told.orders);
    Set<String> untold = new HashSet<>(orders);
    untold.removeAll(told.orders);
    softly
        .assertThat(untold.size())
        .as("orders that nobody was told of: %s", untold)
        .isLessThanOrEqualTo(told.uncertain.intValue());
    check(
        softly,
        "reservations with lines",
        column(App.INVENTORY, "select distinct reservation_id from reservation_line"),
        told.reservations,
        orders,
        told.uncertain.get());
    check(
        softly,
        "reservations without lines",
        column(
            App.INVENTORY,
            "select id from reservation r where not exists"
                + " (select 1 from reservation_line where reservation_id = r.id)"),
        told.releases,
        orders,
        told.uncertain.get());
    Set<String> payments = column(App.PAYMENT, "select order_id from payment");
    check(softly, "payments", payments, told.payments, orders, told.uncertain.get());
    check(
        softly,
        "charges",
        column(App.PAYMENT, "select reference from bank_charge"),
        told.charges,
        payments,
        told.uncertain.get());
    check(
        softly,
        "notifications",
        column(
            App.ORDER,
            "select notification_id from notifications where order_id not in"
                + " (select order_id from orders)"
                + " or notification_id not like order_id || ':%'"),
        told.notifications,
        Set.of(),
        told.uncertain.get());
    softly
        .assertThat(pieces() - piecesAtStart)
        .as("pieces that came in")
        .isEqualTo(told.pieces.get());
    softly
        .assertThat(wrongLevels())
        .as("products whose levels are not those of the reservations")
        .isEmpty();
    softly.assertAll();
  }

  private static void check(
      SoftAssertions softly,
      String what,
      Set<String> there,
      Set<String> told,
      Set<String> others,
      long uncertain) {
    Set<String> untold = new HashSet<>(there);
    untold.removeAll(told);
    untold.removeAll(others);
    softly
        .assertThat(untold.size())
        .as("%s that nobody was told of: %s", what, untold)
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
