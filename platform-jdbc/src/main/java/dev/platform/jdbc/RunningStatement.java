package dev.platform.jdbc;

import io.grpc.Context;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A statement that the database is executing. */
final class RunningStatement implements Watched {

  private static final Logger log = LoggerFactory.getLogger(RunningStatement.class);

  private final Statement statement;
  private final Executor executor;
  private final Runnable onCancelled;
  // guarded by this
  private boolean ended;

  RunningStatement(Statement statement, Executor executor, Runnable onCancelled) {
    this.statement = statement;
    this.executor = executor;
    this.onCancelled = onCancelled;
  }

  /** On the thread that ends the call, which must not block. */
  @Override
  public void cancelled(Context context) {
    executor.execute(this::cancel);
  }

  @Override
  public synchronized void end() {
    ended = true;
  }

  private synchronized void cancel() {
    if (ended) {
      return;
    }
    try {
      statement.cancel();
      onCancelled.run();
    } catch (SQLException e) {
      log.warn("A statement whose call has ended could not be cancelled: {}", e.toString());
    }
  }
}
