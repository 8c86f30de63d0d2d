package dev.platform.starter.balancer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.util.ForwardingSubchannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to an instance, and what is heard from it. {@link #sent}, {@link #heard} and the
 * questions are thread-safe; all else is in the channel's synchronization context.
 */
final class Instance extends ForwardingSubchannel {

  private final Subchannel subchannel;
  private final LongSupplier nanoTime;
  private final Runnable onChange;
  private final Consumer<Instance> onShutdown;

  /** When the first call was sent that nothing has come after; 0 for none. */
  private final AtomicLong unansweredSince = new AtomicLong();

  private boolean asking;
  private volatile boolean ready;
  private volatile boolean silent;

  Instance(
      Subchannel subchannel,
      LongSupplier nanoTime,
      Runnable onChange,
      Consumer<Instance> onShutdown) {
    this.subchannel = subchannel;
    this.nanoTime = nanoTime;
    this.onChange = onChange;
    this.onShutdown = onShutdown;
  }

  @Override
  protected Subchannel delegate() {
    return subchannel;
  }

  @Override
  public void start(SubchannelStateListener listener) {
    super.start(
        state -> {
          ready = state.getState() == ConnectivityState.READY;
          if (!ready) {
            silent = false;
            heard();
          }
          onChange.run();
          listener.onSubchannelState(state);
        });
  }

  @Override
  public void shutdown() {
    ready = false;
    silent = false;
    onShutdown.accept(this);
    onChange.run();
    super.shutdown();
  }

  /** Something was sent that is answered soon. */
  void sent() {
    if (unansweredSince.get() == 0) {
      unansweredSince.compareAndSet(0, nanoTime.getAsLong() | 1);
    }
  }

  /** Something has come. */
  void heard() {
    if (unansweredSince.get() != 0) {
      unansweredSince.set(0);
    }
  }

  boolean isReady() {
    return ready;
  }

  boolean isSilent() {
    return silent;
  }

  /** Whether to look at it again soon. */
  boolean isOfInterest() {
    return unansweredSince.get() != 0 || asking || silent;
  }

  /** Whether to ask it. */
  boolean isDoubtful(long now) {
    long since = unansweredSince.get();
    boolean quiet = since != 0 && now - since > AnsweringInstances.PATIENCE_NANOS;
    return ready && !asking && (silent || quiet);
  }

  /** Asks for a sign of life, and tells whether one came. */
  void ask(Consumer<Boolean> told) {
    asking = true;
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(
            AnsweringInstances.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    Futures.addCallback(
        ClientCalls.futureUnaryCall(
            asChannel().newCall(HealthGrpc.getCheckMethod(), options),
            HealthCheckRequest.getDefaultInstance()),
        new FutureCallback<HealthCheckResponse>() {
          @Override
          public void onSuccess(@Nullable HealthCheckResponse answer) {
            told.accept(true);
          }

          @Override
          public void onFailure(Throwable failure) {
            told.accept(Status.fromThrowable(failure).getCode() != Status.Code.DEADLINE_EXCEEDED);
          }
        },
        MoreExecutors.directExecutor());
  }

  /** Takes note of what came of asking; tells whether that is news. */
  boolean setSilent(boolean now) {
    asking = false;
    if (!now) {
      heard();
    }
    boolean before = silent;
    silent = now && ready;
    return silent != before;
  }

  @Override
  public String toString() {
    return getAllAddresses().get(0).getAddresses().toString();
  }
}
