package dev.platform.books;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.postgresql.PGConnection;

/**
 * The three databases. Connections outlive histories, but not the process that they are cut with.
 * Thread-safe.
 */
final class Databases implements AutoCloseable {

  static final List<String> NAMES = List.of("order", "inventory", "payment");

  private static final String[] ORDER_TABLES = {
    "outbox",
    "order_events",
    "order_items",
    "failed_work",
    "orders",
    "order_requests",
    "notifications",
    "mailboxes"
  };
  private static final String[] INVENTORY_TABLES = {
    "reservation_line", "reservation", "stock", "product"
  };
  private static final String[] PAYMENT_TABLES = {"bank_refund", "bank_charge", "payment"};
  private static final Map<String, String[]> TABLES =
      Map.of("order", ORDER_TABLES, "inventory", INVENTORY_TABLES, "payment", PAYMENT_TABLES);

  /** After so many histories, deleted rows are in the way. */
  private static final int TRUNCATE_AFTER = 200;

  /**
   * Pieces that others have reserved, and bought, before: without them, PostgreSQL's own checks
   * would refuse much of what an application does wrong.
   */
  static final int OTHERS = 10;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String url;
  private final Map<String, Connection> admins = new HashMap<>();
  private final Map<String, Deque<Backend>> idle = new HashMap<>();
  private int resets;

  /**
   * A connection and the server's process behind it.
   *
   * @param pid the server's process
   */
  record Backend(Connection connection, int pid) {}

  /**
   * @param url the server's, to its databases: {@code jdbc:postgresql://127.0.0.1:5432/}
   */
  Databases(String url) throws SQLException {
    this.url = url;
    for (String name : NAMES) {
      admins.put(name, connect(name));
      idle.put(name, new ArrayDeque<>());
    }
  }

  /** Creates the tables as the applications do. */
  static void migrate(String url, Path root) {
    for (String name : NAMES) {
      Flyway.configure()
          .dataSource(url + name, "postgres", "postgres")
          .locations("filesystem:" + root.resolve(name + "-app/src/main/resources/db/migration"))
          .load()
          .migrate();
    }
  }

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(url + name, "postgres", "postgres");
  }

  synchronized Backend open(String name) throws SQLException {
    Backend known = idle(name).poll();
    if (known != null) {
      return known;
    }
    Connection connection = connect(name);
    return new Backend(connection, connection.unwrap(PGConnection.class).getBackendPID());
  }

  /** Takes back a connection without a transaction. */
  synchronized void release(String name, Backend backend) {
    idle(name).push(backend);
  }

  /** Ends a connection as the death of its process does; returns when the server has noticed. */
  synchronized void terminate(Backend backend) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    try {
      ask("select pg_terminate_backend(?)", backend.pid());
      // The function's own wait looks ten times a second only.
      while (ask("select count(*) > 0 from pg_stat_activity where pid = ?", backend.pid())) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("a connection does not end: " + backend.pid());
        }
      }
      backend.connection().abort(Runnable::run);
    } catch (SQLException e) {
      throw new IllegalStateException("a connection can't be ended", e);
    }
  }

  /** Whether a connection waits for a lock of another one. */
  synchronized boolean isBlocked(int pid) {
    try {
      return ask("select cardinality(pg_blocking_pids(?)) > 0", pid);
    } catch (SQLException e) {
      throw new IllegalStateException("the locks can't be read", e);
    }
  }

  private boolean ask(String question, int pid) throws SQLException {
    try (PreparedStatement ask = admin("order").prepareStatement(question)) {
      ask.setInt(1, pid);
      try (ResultSet row = ask.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** Empty books but for one product. */
  synchronized void reset(String product, int priceMinor, int pieces) throws SQLException {
    boolean truncate = resets++ % TRUNCATE_AFTER == 0;
    for (String name : NAMES) {
      String[] tables = TABLES.getOrDefault(name, new String[0]);
      try (Statement statement = admin(name).createStatement()) {
        if (truncate) {
          statement.execute("truncate " + String.join(", ", tables));
        } else {
          statement.execute("delete from " + String.join("; delete from ", tables));
        }
      }
    }
    try (PreparedStatement insert =
        admin("inventory")
            .prepareStatement(
                "with made as (insert into product (id, name, description, price_minor_units,"
                    + " currency) values (?, 'mug', '', ?, 'EUR') returning id) insert into stock"
                    + " (product_id, available, reserved, sold) select id, ?, ?, ? from made")) {
      insert.setString(1, product);
      insert.setInt(2, priceMinor);
      insert.setInt(3, pieces);
      insert.setInt(4, OTHERS);
      insert.setInt(5, OTHERS);
      insert.executeUpdate();
    }
  }

  /** The rows of a query, each its columns as text; {@code null} as an empty one. */
  synchronized List<List<String>> read(String name, String sql) {
    try (Statement statement = admin(name).createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      List<List<String>> rows = new ArrayList<>();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          String value = row.getString(i);
          values.add(value == null ? "" : value);
        }
        rows.add(values);
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException("the books can't be read: " + sql, e);
    }
  }

  private Connection admin(String name) {
    return Objects.requireNonNull(admins.get(name));
  }

  private Deque<Backend> idle(String name) {
    return Objects.requireNonNull(idle.get(name));
  }

  @Override
  public synchronized void close() throws SQLException {
    for (Connection admin : admins.values()) {
      admin.close();
    }
    for (Deque<Backend> backends : idle.values()) {
      for (Backend backend : backends) {
        backend.connection().close();
      }
    }
  }
}
