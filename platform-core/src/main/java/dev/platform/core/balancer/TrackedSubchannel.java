package dev.platform.core.balancer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.Peer;
import dev.platform.core.outcome.CallOutcome;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.util.ForwardingSubchannel;
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subchannel to one instance, with what its calls say about the instance. As the listener of
 * attempts it is thread-safe, and so are its questions. Everything else is confined to the
 * channel's synchronization context.
 */
final class TrackedSubchannel extends ForwardingSubchannel implements CallListener {

  private final Subchannel subchannel;
  private final Peer peer;
  private final Ejection ejection;
  private final CallRecorder recorder;
  private final Owner owner;

  /** When the first unary call was sent after which nothing was received; 0 for none. */
  private final AtomicLong unansweredSince = new AtomicLong();

  private boolean checking;
  private volatile boolean ready;
  private volatile boolean quiet;
  private volatile boolean silent;
  private volatile boolean heardSinceCheck;

  /** The balancer that made it. */
  interface Owner {

    /** Whether calls avoid instances that answer nothing. On any thread. */
    boolean avoidsSilent();

    /** It is connected, or no longer connected, so that it may no longer be avoided. */
    void changed(TrackedSubchannel instance);

    /** It was shut down. */
    void shutDown(TrackedSubchannel instance);

    /** Too many of its calls fail; {@code last} is the span of the last one. On any thread. */
    void failing(TrackedSubchannel instance, Span last);

    /** It was readmitted, and its first call succeeded. On any thread. */
    void proven(TrackedSubchannel instance);
  }

  TrackedSubchannel(
      Subchannel subchannel, Peer peer, Ejection ejection, CallRecorder recorder, Owner owner) {
    this.subchannel = subchannel;
    this.peer = peer;
    this.ejection = ejection;
    this.recorder = recorder;
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

  /** Only a unary call says something by its silence: a stream may be silent for hours. */
  @Override
  public void attemptSent(AttemptRecord attempt) {
    if (isUnary(attempt)) {
      ejection.begun();
      if (owner.avoidsSilent() && unansweredSince.get() == 0) {
        unansweredSince.compareAndSet(0, recorder.nanoTime() | 1);
      }
    }
  }

  @Override
  public void attemptHeard(AttemptRecord attempt) {
    heard();
  }

  @Override
  public void attemptEnded(AttemptRecord attempt) {
    boolean onTrial = ejection.isOnTrial();
    if (ejection.ended(outcome(attempt))) {
      owner.failing(this, attempt.call().span());
    } else if (onTrial && !ejection.isOnTrial()) {
      owner.proven(this);
    }
  }

  /**
   * A broken connection is no failure: the channel notices it, and may connect to a new process.
   */
  private static CallOutcome outcome(AttemptRecord attempt) {
    Status status = attempt.status();
    boolean broken =
        attempt.trailers() == null && status != null && status.getCode() == Code.UNAVAILABLE;
    return broken ? CallOutcome.IGNORED : attempt.outcome();
  }

  private static boolean isUnary(AttemptRecord attempt) {
    return attempt.call().type() == MethodType.UNARY;
  }

  /** Something was received. */
  private void heard() {
    if (unansweredSince.get() != 0) {
      unansweredSince.set(0);
    }
    if (quiet) {
      quiet = false;
    }
    if (!heardSinceCheck) {
      heardSinceCheck = true;
    }
  }

  boolean isReady() {
    return ready;
  }

  boolean isSilent() {
    return silent;
  }

  /** Whether it may be silent: it is too early to be sure, and others are preferred. */
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

  /** Whether it must be checked again soon. */
  boolean isOfInterest() {
    return unansweredSince.get() != 0 || checking || silent;
  }

  /** Updates whether it is quiet. */
  void updateQuiet(long now) {
    long since = unansweredSince.get();
    quiet = ready && since != 0 && now - since > OutlierAvoidingLoadBalancer.QUIET_NANOS;
  }

  /** Whether a health check should be sent to it. */
  boolean needsCheck() {
    return ready && !checking && (silent || quiet);
  }

  /**
   * Sends a health check. Any response will do, an error too.
   *
   * @param result is called with whether something was received in time, on any thread
   */
  void check(Consumer<Boolean> result) {
    checking = true;
    heardSinceCheck = false;
    CallOptions options =
        CallOptions.DEFAULT.withDeadline(
            recorder.deadlineAfter(OutlierAvoidingLoadBalancer.PATIENCE));
    Futures.addCallback(
        ClientCalls.futureUnaryCall(
            asChannel().newCall(HealthGrpc.getCheckMethod(), options),
            HealthCheckRequest.getDefaultInstance()),
        new FutureCallback<HealthCheckResponse>() {
          @Override
          public void onSuccess(@Nullable HealthCheckResponse answer) {
            result.accept(true);
          }

          @Override
          public void onFailure(Throwable failure) {
            Code code = Status.fromThrowable(failure).getCode();
            result.accept(heardSinceCheck || code != Code.DEADLINE_EXCEEDED);
          }
        },
        MoreExecutors.directExecutor());
  }

  /** Records the result of a health check; returns whether it changed. */
  boolean setSilent(boolean now) {
    checking = false;
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
