package dev.platform.core.fault;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.internal.DelayedClientCall;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing call that starts later. gRPC's own class buffers its operations until then, in order,
 * and ends it at its deadline; gRPC's xDS client delays calls with it, too.
 */
final class DelayedCall<Q, A> extends DelayedClientCall<Q, A> {

  private final FaultThreads threads;
  private volatile boolean over;
  private volatile @Nullable Future<?> timer;

  DelayedCall(Executor executor, FaultThreads threads, @Nullable Deadline deadline) {
    super("an injected delay", executor, threads.timer(), deadline);
    this.threads = threads;
  }

  void startAfter(Duration delay, Supplier<ClientCall<Q, A>> call) {
    timer = threads.after(delay, Context.current().wrap(() -> startNow(call)));
    if (over) {
      cancelTimer();
    }
  }

  private void startNow(Supplier<ClientCall<Q, A>> call) {
    if (over) {
      return;
    }
    Runnable started = setCall(call.get());
    if (started != null) {
      started.run();
    }
  }

  @Override
  protected void callCancelled() {
    over = true;
    cancelTimer();
  }

  private void cancelTimer() {
    Future<?> known = timer;
    if (known != null) {
      known.cancel(false);
    }
  }
}
