package dev.platform.core.drain;

import dev.platform.core.concurrent.Threads;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Tracks whether the interceptors of this process's gRPC server have finished. The server
 * terminates with its last connection; tracing and metrics record the end of a call a moment later,
 * which would be lost if telemetry were closed before. Thread-safe.
 */
public final class UnfinishedCalls implements ServerInterceptor {

  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean awaited;

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    begin();
    try {
      return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

        @Override
        public void onComplete() {
          try {
            super.onComplete();
          } finally {
            end();
          }
        }

        @Override
        public void onCancel() {
          try {
            super.onCancel();
          } finally {
            end();
          }
        }
      };
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    }
  }

  /**
   * Blocks until no call is unfinished, or the time is over.
   *
   * @param nanoTime monotonic time in nanoseconds
   */
  synchronized void awaitNone(Duration atMost, LongSupplier nanoTime, Threads threads)
      throws InterruptedException {
    long end = nanoTime.getAsLong() + atMost.toNanos();
    awaited = true;
    for (long left = atMost.toNanos();
        calls.get() > 0 && left > 0;
        left = end - nanoTime.getAsLong()) {
      threads.await(this, left);
    }
  }

  boolean isEmpty() {
    return calls.get() == 0;
  }

  private void begin() {
    calls.incrementAndGet();
  }

  private void end() {
    if (calls.decrementAndGet() == 0 && awaited) {
      synchronized (this) {
        notifyAll();
      }
    }
  }
}
