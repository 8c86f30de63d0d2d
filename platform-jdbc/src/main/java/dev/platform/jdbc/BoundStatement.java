package dev.platform.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement that is cancelled when the gRPC call that executes it ends. */
final class BoundStatement implements InvocationHandler {

  private final Statement statement;
  private final Connection connection;
  private final CallWatch watch;

  private BoundStatement(Statement statement, Connection connection, CallWatch watch) {
    this.statement = statement;
    this.connection = connection;
    this.watch = watch;
  }

  /**
   * @param type the statement's interface: plain, prepared or callable
   */
  static Object of(Statement statement, Class<?> type, Connection connection, CallWatch watch) {
    return Proxy.newProxyInstance(
        BoundStatement.class.getClassLoader(),
        new Class<?>[] {type},
        new BoundStatement(statement, connection, watch));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    if (name.equals("equals")) {
      return arguments != null && proxy == arguments[0];
    }
    if (name.equals("getConnection")) {
      return connection;
    }
    if (name.startsWith("execute")) {
      return watch.whileExecuting(
          statement, () -> BoundConnection.call(statement, method, arguments));
    }
    return BoundConnection.call(statement, method, arguments);
  }
}
