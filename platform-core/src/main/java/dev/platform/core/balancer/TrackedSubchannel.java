package dev.platform.core.balancer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.core.outcome.CallOutcome;
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
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to an instance, and what is heard from it. {@link #sent}, {@link #heard}, {@link #ended}
 * and the questions are thread-safe; all else is in the channel's synchronization context.
 */
final class TrackedSubchannel extends ForwardingSubchannel {

  private final Subchannel subchannel;
  private final Peer peer;
  private final Ejection ejection;
  private final LongSupplier nanoTime;
  private final Owner owner;

  /** When the first call was sent that nothing has come after; 0 for none. */
  private final AtomicLong unansweredSince = new AtomicLong();

  private boolean asking;
  private volatile boolean ready;
  private volatile boolean quiet;
  private volatile boolean silent;
  private volatile boolean heardSinceAsked;

  /** Who has made it. */
  interface Owner {

    /** It is connected, or no longer; what was avoided may be so no more. */
    void changed(TrackedSubchannel instance);

    /** It is gone. */
    void shutDown(TrackedSubchannel instance);

    /** Too many of its calls fail, the last one that of this span; on any thread. */
    void failing(TrackedSubchannel instance, Span last);

    /** It is back, and its first call went well; on any thread. */
    void proven(TrackedSubchannel instance);
  }

  TrackedSubchannel(
      Subchannel subchannel, Peer peer, Ejection ejection, LongSupplier nanoTime, Owner owner) {
    this.subchannel = subchannel;
    this.peer = peer;
    this.ejection = ejection;
    this.nanoTime = nanoTime;
    this.owner = owner;
  }

  Peer peer() {
    return peer;
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
            ejection.forget();
            heard();
          }
          owner.changed(this);
          listener.onSubchannelState(state);
        });
  }

  @Override
  public void shutdown() {
    ready = false;
    silent = false;
    ejection.forget();
    owner.shutDown(this);
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
    if (quiet) {
      quiet = false;
    }
    if (!heardSinceAsked) {
      heardSinceAsked = true;
    }
  }

  /** The call of this span has ended. */
  void ended(CallOutcome outcome, Span call) {
    boolean onTrial = ejection.isOnTrial();
    if (ejection.ended(outcome)) {
      owner.failing(this, call);
    } else if (onTrial && !ejection.isOnTrial()) {
      owner.proven(this);
    }
  }

  boolean isReady() {
    return ready;
  }

  boolean isSilent() {
    return silent;
  }

  /** Whether it may be silent: too early to tell, and better not to rely on it. */
  boolean isQuiet() {
    return quiet;
  }

  /** Whether calls should go elsewhere. */
  boolean isAvoided() {
    return silent || ejection.isEjected() || ejection.isTried();
  }

  /** Whether calls should go elsewhere, perhaps all but one. */
  boolean isDoubted() {
    return silent || ejection.isEjected() || ejection.isOnTrial();
  }

  Ejection ejection() {
    return ejection;
  }

  /** Whether to look at it again soon. */
  boolean isOfInterest() {
    return unansweredSince.get() != 0 || asking || silent;
  }

  /** Looks whether anything has come of late. */
  void listen(long now) {
    long since = unansweredSince.get();
    quiet = ready && since != 0 && now - since > OutlierAvoidingLoadBalancer.QUIET_NANOS;
  }

  /** Whether to ask it. */
  boolean isDoubtful() {
    return ready && !asking && (silent || quiet);
  }

  /** Asks for a sign of life, and tells whether one came. */
  void ask(Consumer<Boolean> told) {
    asking = true;
    heardSinceAsked = false;
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(
            OutlierAvoidingLoadBalancer.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
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
            Status.Code code = Status.fromThrowable(failure).getCode();
            told.accept(heardSinceAsked || code != Status.Code.DEADLINE_EXCEEDED);
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
    return peer.toString();
  }
}
