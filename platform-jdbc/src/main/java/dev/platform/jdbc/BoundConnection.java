package dev.platform.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection whose statements are cancelled with the current gRPC call. */
final class BoundConnection implements InvocationHandler {

  private final Connection connection;
  private final CallWatch watch;

  private BoundConnection(Connection connection, CallWatch watch) {
    this.connection = connection;
    this.watch = watch;
  }

  static Connection of(Connection connection, CallWatch watch) {
    return (Connection)
        Proxy.newProxyInstance(
            BoundConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new BoundConnection(connection, watch));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("equals")) {
      return arguments != null && proxy == arguments[0];
    }
    Object result = call(connection, method, arguments);
    return result instanceof Statement statement
        ? BoundStatement.of(statement, method.getReturnType(), (Connection) proxy, watch)
        : result;
  }

  static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
