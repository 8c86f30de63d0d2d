package dev.platform.jdbc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Cancels a gRPC call's database work when the call ends. Cancelling a statement blocks on the
 * database, so it runs on threads of its own, which exist only while there is something to cancel.
 * Thread-safe.
 */
final class CallWatch implements AutoCloseable {

  /** The SQL state of a cancelled statement, in the standard and in PostgreSQL. */
  private static final String QUERY_CANCELED = "57014";

  private static final int THREADS = 4;

  private final ThreadPoolExecutor cancellations =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          5,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          work -> {
            Thread thread = new Thread(work, "platform-jdbc-cancel");
            thread.setDaemon(true);
            return thread;
          });

  private final ObjectProvider<MeterRegistry> meters;

  CallWatch(ObjectProvider<MeterRegistry> meters) {
    this.meters = meters;
    cancellations.allowCoreThreadTimeOut(true);
  }

  /** Work that may be interrupted. */
  @FunctionalInterface
  interface Work {

    @Nullable Object run() throws Throwable;
  }

  /** Waits for a connection, no longer than the call lasts. */
  @Nullable Object whileWaiting(Work work) throws Throwable {
    return watched(work, new WaitingThread(Thread.currentThread()));
  }

  /** Executes a statement, which is cancelled when the call ends. */
  @Nullable Object whileExecuting(Statement statement, Work work) throws Throwable {
    return watched(work, new RunningStatement(statement, cancellations, this::count));
  }

  /** Statements that are being cancelled are left to the database. */
  @Override
  public void close() {
    cancellations.shutdown();
  }

  private static @Nullable Object watched(Work work, Watched watched) throws Throwable {
    Context context = Context.current();
    if (context == Context.ROOT) {
      return work.run();
    }
    if (context.isCancelled()) {
      throw over(context, null);
    }
    context.addListener(watched, Runnable::run);
    try {
      return work.run();
    } catch (SQLException e) {
      throw context.isCancelled() ? over(context, e) : e;
    } finally {
      context.removeListener(watched);
      watched.end();
    }
  }

  private static SQLException over(Context context, @Nullable SQLException cause) {
    Status status = Contexts.statusFromCancelled(context);
    String message = "the gRPC call of this statement has ended: " + status.getCode();
    return status.getCode() == Status.Code.DEADLINE_EXCEEDED
        ? new SQLTimeoutException(message, QUERY_CANCELED, cause)
        : new SQLException(message, QUERY_CANCELED, cause);
  }

  private void count() {
    meters.ifAvailable(
        registry ->
            Counter.builder("platform.jdbc.cancelled")
                .description("Statements that were cancelled because their call had ended")
                .register(registry)
                .increment());
  }
}
