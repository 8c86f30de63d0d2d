package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Kills a payment-service exactly between the bank's answer and its own commit: a lock on the
 * payment's row holds the commit back, and what waits for it in the database ends with the process.
 */
final class InterruptedPayment {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Enough for the test to lock the row before the bank answers. */
  private static final long BANK_MILLIS = 1500;

  private InterruptedPayment() {}

  /** Returns when the bank has charged the order, and the process that asked for it is dead. */
  static void between(Mall mall, AppProcess doomed, String order) throws SQLException {
    mall.running(App.PAYMENT).forEach(each -> new BankSimulator(each).behave(BANK_MILLIS, 0, 0));
    try (Connection database = mall.database(App.PAYMENT);
        // Its own transactions: within one, PostgreSQL shows the same activity again.
        Connection observer = mall.database(App.PAYMENT);
        Payments payments = new Payments(doomed.address())) {
      database.setAutoCommit(false);
      var unused = payments.start(order);
      await("the payment is recorded").atMost(LIMIT).until(() -> lock(database, order));
      await("the bank has charged, and the commit waits")
          .atMost(LIMIT)
          .until(() -> charges(mall, order) == 1 && waiting(observer) > 0);
      doomed.kill();
      terminateWaiting(observer);
      database.rollback();
    } finally {
      mall.running(App.PAYMENT).forEach(each -> new BankSimulator(each).recover());
    }
  }

  /** How often the bank has charged an order. */
  static long charges(Mall mall, String order) throws SQLException {
    try (Connection database = mall.database(App.PAYMENT);
        PreparedStatement count =
            database.prepareStatement("select count(*) from bank_charge where reference = ?")) {
      count.setString(1, order);
      return single(count);
    }
  }

  /** Whether the row is there and locked; ends the transaction if it is not. */
  private static boolean lock(Connection database, String order) throws SQLException {
    try (PreparedStatement row =
        database.prepareStatement(
            "select count(*) from (select 1 from payment where order_id = ? for update) locked")) {
      row.setString(1, order);
      if (single(row) == 1) {
        return true;
      }
      database.rollback();
      return false;
    }
  }

  private static long waiting(Connection database) throws SQLException {
    try (PreparedStatement count =
        database.prepareStatement(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
            """)) {
      return single(count);
    }
  }

  /** A backend that waits for a lock does not notice that its client is dead. */
  private static void terminateWaiting(Connection database) throws SQLException {
    try (PreparedStatement end =
        database.prepareStatement(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
            """)) {
      single(end);
    }
    await("no commit waits").atMost(LIMIT).until(() -> waiting(database) == 0);
  }

  private static long single(PreparedStatement statement) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }
}
