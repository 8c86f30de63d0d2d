package dev.platform.books;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** The database as one process sees it: each statement, commit and rollback is a step. */
final class ProcessDataSource extends AbstractDataSource {

  /** What PostgreSQL's driver reports of a connection that broke. */
  private static final String CONNECTION_FAILURE = "08006";

  private final AppProcess process;
  private final Databases databases;
  private final SharedTables shared;

  ProcessDataSource(AppProcess process, Databases databases, SharedTables shared) {
    this.process = process;
    this.databases = databases;
    this.shared = shared;
  }

  @Override
  public Connection getConnection() throws SQLException {
    process.requireAlive();
    Session session = new Session(databases.open(process.app().database()));
    process.opened(session);
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> session.onConnection(method, arguments));
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  /** Executes something on a connection. */
  @FunctionalInterface
  private interface Execution {

    @Nullable Object run() throws Throwable;
  }

  /** A connection in use. */
  final class Session {

    private final Databases.Backend backend;
    private boolean autoCommit = true;
    private boolean touchedShared;
    private boolean broken;

    private Session(Databases.Backend backend) {
      this.backend = backend;
    }

    /** Ends the connection as the death of its process does. */
    void end() {
      if (!broken) {
        broken = true;
        databases.terminate(backend);
      }
    }

    private @Nullable Object onConnection(Method method, Object @Nullable [] arguments)
        throws Throwable {
      switch (method.getName()) {
        case "close" -> {
          close();
          return null;
        }
        case "isClosed" -> {
          return broken;
        }
        case "commit" -> {
          return endTransaction(Step.Kind.COMMIT, method, arguments);
        }
        case "rollback" -> {
          return endTransaction(Step.Kind.ROLLBACK, method, arguments);
        }
        case "prepareStatement" -> {
          requireUsable();
          Object made = call(backend.connection(), method, arguments);
          String sql = (String) Objects.requireNonNull(arguments)[0];
          return statement(sql, (PreparedStatement) Objects.requireNonNull(made));
        }
        case "createStatement", "prepareCall" ->
            throw new UnsupportedOperationException(method + " (expected: a prepared statement)");
        case "setAutoCommit" -> {
          requireUsable();
          autoCommit = (Boolean) Objects.requireNonNull(arguments)[0];
          return call(backend.connection(), method, arguments);
        }
        default -> {
          requireUsable();
          return call(backend.connection(), method, arguments);
        }
      }
    }

    private PreparedStatement statement(String sql, PreparedStatement statement) {
      return (PreparedStatement)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {PreparedStatement.class},
              (proxy, method, arguments) ->
                  method.getName().startsWith("execute")
                      ? execute(sql, () -> call(statement, method, arguments))
                      : onStatement(statement, method, arguments));
    }

    private @Nullable Object onStatement(
        PreparedStatement statement, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (broken && method.getName().equals("close")) {
        return null;
      }
      requireUsable();
      return call(statement, method, arguments);
    }

    private @Nullable Object execute(String sql, Execution execution) throws Throwable {
      boolean query = sql.stripLeading().startsWith("select");
      touchedShared |= shared.have(sql);
      boolean noticed = autoCommit ? shared.have(sql) : touchedShared;
      Step.Kind kind = !autoCommit ? Step.Kind.INSIDE : query ? Step.Kind.QUERY : Step.Kind.CHANGE;
      return step(kind, firstLine(sql), noticed, execution);
    }

    private @Nullable Object endTransaction(
        Step.Kind kind, Method method, Object @Nullable [] arguments) throws Throwable {
      boolean noticed = touchedShared;
      touchedShared = false;
      return step(
          kind,
          kind.name().toLowerCase(Locale.ROOT),
          noticed,
          () -> call(backend.connection(), method, arguments));
    }

    private @Nullable Object step(Step.Kind kind, String what, boolean noticed, Execution execution)
        throws Throwable {
      requireUsable();
      Choice choice = process.before(kind, what, noticed, backend.pid());
      requireUsable();
      if (choice == Choice.CUT_BEFORE) {
        throw process.cut();
      }
      if (choice == Choice.CHAIN_CUT) {
        throw process.cutWithCallers();
      }
      if (choice == Choice.FAILED_BEFORE) {
        end();
        throw lost();
      }
      Object result = execution.run();
      if (choice == Choice.CUT_AFTER) {
        throw process.cut();
      }
      if (choice == Choice.FAILED_AFTER) {
        end();
        throw lost();
      }
      return result;
    }

    private void requireUsable() throws SQLException {
      process.requireAlive();
      if (broken) {
        throw lost();
      }
    }

    private void close() {
      process.closed(this);
      if (!broken) {
        databases.release(process.app().database(), backend);
      }
    }
  }

  private static SQLException lost() {
    return new SQLException("the connection to the database is lost", CONNECTION_FAILURE);
  }

  private static String firstLine(String sql) {
    String text = sql.strip().replaceAll("\\s+", " ");
    return text.length() <= 60 ? text : text.substring(0, 60);
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
