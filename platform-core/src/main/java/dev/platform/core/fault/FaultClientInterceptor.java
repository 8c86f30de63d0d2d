package dev.platform.core.fault;

import static java.util.Objects.requireNonNullElse;

import dev.platform.core.fault.Fault.Side;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Delays and aborts outgoing calls as a slow or failing callee would: breakers, deadlines, meters
 * and traces see no difference. No thread waits. The channel's retries are further in and don't see
 * it.
 */
public final class FaultClientInterceptor implements ClientInterceptor {

  private final Faults faults;
  private final FaultThreads threads;

  public FaultClientInterceptor(Faults faults, FaultThreads threads) {
    this.faults = faults;
    this.threads = threads;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Fault fault = faults.hit(Side.CLIENT, method, null);
    if (fault == null) {
      return next.newCall(method, options);
    }
    Executor executor = requireNonNullElse(options.getExecutor(), threads.workers());
    Status abort = fault.abort();
    Supplier<ClientCall<Q, A>> call =
        () ->
            abort == null
                ? next.newCall(method, options)
                : new AbortedCall<>(abort, fault.trailers(), executor);
    Duration delay = fault.delay();
    if (delay == null) {
      return call.get();
    }
    DelayedCall<Q, A> delayed = new DelayedCall<>(executor, threads, options.getDeadline());
    delayed.startAfter(delay, call);
    return delayed;
  }
}
