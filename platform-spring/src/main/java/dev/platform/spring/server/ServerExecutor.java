package dev.platform.spring.server;

import dev.platform.core.concurrent.NonBlockingMethods;
import io.grpc.ServerBuilder;
import java.util.concurrent.Executor;

/**
 * The executor that runs the gRPC server's handlers, unless the application sets another one. Not
 * of type {@code Executor}: Spring's own executors would back off.
 *
 * @param nonBlocking methods whose handlers run on the transport's threads instead
 */
public record ServerExecutor(Executor executor, NonBlockingMethods nonBlocking) {

  /**
   * Applies both. What the application sets on its server afterwards wins, unless there are methods
   * that do not block.
   */
  public void applyTo(ServerBuilder<?> server) {
    nonBlocking.configure(server, executor);
  }
}
