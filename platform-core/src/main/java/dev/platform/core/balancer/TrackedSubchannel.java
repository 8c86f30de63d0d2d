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
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subchannel to one instance, with what its calls say about the instance. As the listener of
 * attempts it is thread-safe, and so are its questions. Everything else is confined to the
 * channel's synchronization context.
 */
final class TrackedSubchannel extends ForwardingSubchannel implements CallListener {

  private static final String TOO_MANY_PINGS = "too_many_pings";

  private final Supplier<Subchannel> connections;
  private final Peer peer;
  private final Ejection ejection;
  private final CallRecorder recorder;
  private final Owner owner;

  /** When the first unary call was sent after which nothing was received; 0 for none. */
  private final AtomicLong unansweredSince = new AtomicLong();

  private final PatientCalls patient;

  // in the synchronization context
  private boolean checking;
  private boolean leaving;
  private int failedChecks;
  private @Nullable SubchannelStateListener listener;
  private @Nullable List<EquivalentAddressGroup> changedAddresses;

  private volatile Subchannel subchannel;
  private volatile boolean stale;
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

    /**
     * The policy no longer uses it, but it has calls that only end here. Returns whether it is
     * watched for them, and closed later.
     */
    boolean leaves(TrackedSubchannel instance);

    /** It was shut down. */
    void shutDown(TrackedSubchannel instance);

    /** Too many of its calls fail; {@code last} is the span of the last one. On any thread. */
    void failing(TrackedSubchannel instance, Span last);

    /** A call was sent to it that may be silent for long. On any thread. */
    void patientCallSent();

    /** It closed a connection because of the channel's keep-alive pings. On any thread. */
    void pingedTooOften(TrackedSubchannel instance);

    /** It was readmitted, and its first call succeeded. On any thread. */
    void proven(TrackedSubchannel instance);
  }

  /**
   * @param connections makes gRPC's subchannel to the instance, each time another one
   */
  TrackedSubchannel(
      Supplier<Subchannel> connections,
      Peer peer,
      Ejection ejection,
      CallRecorder recorder,
      Owner owner) {
    this.connections = connections;
    this.subchannel = connections.get();
    this.peer = peer;
    this.ejection = ejection;
    this.recorder = recorder;
    this.owner = owner;
    this.patient = new PatientCalls(recorder::nanoTime);
  }

  Peer peer() {
    return peer;
  }

  @Override
  protected Subchannel delegate() {
    return subchannel;
  }

  @Override
  public void start(SubchannelStateListener policy) {
    listener = policy;
    listen(subchannel, policy);
  }

  private void listen(Subchannel connection, SubchannelStateListener policy) {
    connection.start(
        state -> {
          if (connection == subchannel && !leaving) {
            stateChanged(state, policy);
          } else if (connection == subchannel && state.getState() != ConnectivityState.READY) {
            close();
          }
        });
  }

  private void stateChanged(ConnectivityStateInfo state, SubchannelStateListener policy) {
    ready = state.getState() == ConnectivityState.READY;
    if (!ready) {
      silent = false;
      failedChecks = 0;
      ejection.forget();
      heard();
    }
    owner.changed(this);
    policy.onSubchannelState(state);
  }

  /**
   * Gives a connection up that nothing comes from, as gRPC does when a ping is not answered: calls
   * on it that no deadline ends fail, and the policy connects again.
   */
  void giveUp() {
    patient.abort(
        Status.UNAVAILABLE.withDescription("%s is connected and does not answer".formatted(peer)));
    SubchannelStateListener policy = listener;
    if (leaving || policy == null) {
      close();
      return;
    }
    Subchannel old = subchannel;
    subchannel = connections.get();
    listen(subchannel, policy);
    if (changedAddresses != null) {
      subchannel.updateAddresses(changedAddresses);
    }
    old.shutdown();
    stateChanged(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE), policy);
  }

  @Override
  public void updateAddresses(List<EquivalentAddressGroup> addresses) {
    changedAddresses = addresses;
    super.updateAddresses(addresses);
  }

  /** Its streams go on, as with gRPC's own; they are watched until they have ended. */
  @Override
  public void shutdown() {
    silent = false;
    ejection.forget();
    if (ready && !patient.isEmpty() && owner.leaves(this)) {
      leaving = true;
    } else {
      close();
    }
  }

  /** Ends it: no call, or no use of waiting, is left. */
  void close() {
    ready = false;
    silent = false;
    ejection.forget();
    owner.shutDown(this);
    super.shutdown();
  }

  /** Only a unary call says something by its silence: a stream may be silent for hours. */
  @Override
  public void attemptSent(AttemptRecord attempt) {
    if (owner.avoidsSilent() && PatientCalls.isOne(attempt)) {
      patient.sent(attempt);
      owner.patientCallSent();
    }
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
    patient.ended(attempt);
    if (isAboutPings(attempt)) {
      owner.pingedTooOften(this);
    }
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

  /** gRPC repeats the debug data of a GOAWAY in the description of the calls that it ends. */
  private static boolean isAboutPings(AttemptRecord attempt) {
    Status status = attempt.status();
    return attempt.trailers() == null
        && status != null
        && status.getDescription() != null
        && status.getDescription().contains(TOO_MANY_PINGS);
  }

  private static boolean isUnary(AttemptRecord attempt) {
    return attempt.call().type() == MethodType.UNARY;
  }

  /** Something was received. */
  private void heard() {
    patient.heard();
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
    return unansweredSince.get() != 0 || checking || silent || stale;
  }

  /** Whether it has calls that may be silent for long. */
  boolean hasPatientCalls() {
    return !patient.isEmpty();
  }

  /** Whether it has such calls, and nothing was received for longer than a stream may be silent. */
  boolean isStale(long now) {
    return ready && patient.isSilent(now, OutlierAvoidingLoadBalancer.STALE_NANOS);
  }

  /** Whether it has been silent for so long that its connection must be given up. */
  boolean isLost(long now) {
    long since = unansweredSince.get();
    boolean unanswered = since != 0 && now - since > OutlierAvoidingLoadBalancer.LOST_NANOS;
    return silent
        && failedChecks > 1
        && (unanswered || patient.isSilent(now, OutlierAvoidingLoadBalancer.LOST_NANOS));
  }

  /** Updates whether it is quiet. */
  void updateQuiet(long now) {
    long since = unansweredSince.get();
    quiet = ready && since != 0 && now - since > OutlierAvoidingLoadBalancer.QUIET_NANOS;
    stale = isStale(now);
  }

  /** Whether a health check should be sent to it. */
  boolean needsCheck() {
    return ready && !checking && (silent || quiet || stale);
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
    failedChecks = now ? failedChecks + 1 : 0;
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
