package dev.platform.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class JdbcAutoConfigurationTest {

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(JdbcAutoConfiguration.class));

  @Test
  void aPoolIsStillInjectableByItsClassAndClosed() {
    Pool pool = new Pool();
    app.withBean(Pool.class, () -> pool)
        .run(
            context -> {
              assertThat(context.getBean(DataSource.class)).isSameAs(context.getBean(Pool.class));
              assertThat(context.getBean(Pool.class).getConnection()).isNotNull();
              assertThat(pool.connections).isOne();
            });
    assertThat(pool.closed).isTrue();
  }

  @Test
  void aFinalDataSourceIsWrappedToo() {
    app.withBean(FinalSource.class, FinalSource::new)
        .run(context -> assertOver(context.getBean(DataSource.class)));
  }

  @Test
  void anEndedCallRequestsNoConnection() {
    Pool pool = new Pool();
    app.withBean(Pool.class, () -> pool)
        .run(context -> assertOver(context.getBean(DataSource.class)));
    assertThat(pool.connections).isZero();
  }

  @Test
  void doesNothingIfDisabled() {
    Pool pool = new Pool();
    app.withPropertyValues("platform.jdbc.cancel-with-call=false")
        .withBean(Pool.class, () -> pool)
        .run(context -> assertThat(context.getBean(DataSource.class)).isSameAs(pool));
  }

  @Test
  void startsWithoutADatabase() {
    app.run(context -> assertThat(context).hasNotFailed());
  }

  private static void assertOver(DataSource dataSource) {
    Context.CancellableContext call = Context.current().withCancellation();
    call.cancel(null);
    call.run(
        () ->
            assertThatThrownBy(dataSource::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessage("the gRPC call of this statement has ended: CANCELLED"));
  }

  static class Pool extends Source implements AutoCloseable {

    boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }

  static final class FinalSource extends Source {}

  /** Returns unusable connections. */
  abstract static class Source implements DataSource {

    int connections;

    @Override
    public Connection getConnection() throws SQLException {
      connections++;
      return (Connection)
          Proxy.newProxyInstance(
              Source.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> null);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      return new PrintWriter(System.out);
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("not a wrapper");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
