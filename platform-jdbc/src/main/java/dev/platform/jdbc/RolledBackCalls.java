package dev.platform.jdbc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the handler of each unary call in a transaction that is rolled back, whatever the answer:
 * for the calls of a warm-up, which run the real statements and leave no row. Transactions of the
 * handler's own join it. Sequences advance. A handler that leaves its thread escapes it.
 *
 * <p>Rows that other processes use stay locked until the end of the call, so use rows of its own.
 * Thread-safe.
 */
public final class RolledBackCalls implements ServerInterceptor {

  private final TransactionTemplate transaction;
  private final Runnable before;

  /**
   * @param before runs first in each transaction, to insert what the handler needs
   */
  public RolledBackCalls(PlatformTransactionManager transactions, Runnable before) {
    this.transaction = new TransactionTemplate(transactions);
    this.before = before;
  }

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Listener<Q> handler = next.startCall(call, headers);
    return new SimpleForwardingServerCallListener<>(handler) {

      /** gRPC runs the handler of a unary call when the request is complete. */
      @Override
      public void onHalfClose() {
        transaction.executeWithoutResult(
            status -> {
              status.setRollbackOnly();
              before.run();
              handler.onHalfClose();
            });
      }
    };
  }
}
