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
 * An outgoing call that is made later. gRPC's own class keeps what is done to it until then, in
 * order, and ends it at its deadline; its xDS client delays calls with it, too.
 */
final class DelayedCall<Q, A> extends DelayedClientCall<Q, A> {

  private final FaultThreads threads;
  private volatile boolean over;
  private volatile @Nullable Future<?> timer;

  DelayedCall(Executor executor, FaultThreads threads, @Nullable Deadline deadline) {
    super("an injected delay", executor, threads.timer(), deadline);
    this.threads = threads;
  }

  void goOnAfter(Duration delay, Supplier<ClientCall<Q, A>> call) {
    timer = threads.after(delay, Context.current().wrap(() -> goOn(call)));
    if (over) {
      forget();
    }
  }

  private void goOn(Supplier<ClientCall<Q, A>> call) {
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
    forget();
  }

  private void forget() {
    Future<?> known = timer;
    if (known != null) {
      known.cancel(false);
    }
  }
}
