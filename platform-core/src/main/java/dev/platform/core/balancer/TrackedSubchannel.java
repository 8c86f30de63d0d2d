package dev.platform.core.balancer;

import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.Peer;
import dev.platform.core.instance.InstanceAttributes;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.util.ForwardingSubchannel;
import io.opentelemetry.api.trace.Span;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subchannel to one instance, with what its calls say about the instance. As the listener of
 * attempts it is thread-safe, and so are its questions. Everything else is confined to the
 * channel's synchronization context.
 */
final class TrackedSubchannel extends ForwardingSubchannel
    implements CallListener, InstanceLoad.Avoidance {

  private static final String TOO_MANY_PINGS = "too_many_pings";
  private static final double NANOS_OF_MILLI = 1e6;

  /** Of an instance that has none. */
  static final int DEFAULT_WEIGHT = 100;

  private final InstanceConnection connection;
  private final Peer peer;
  private final int addressHash;
  private final Ejection ejection;
  private final CallRecorder recorder;
  private final Owner owner;
  private final InstanceLoad load;
  private final PatientCalls patient;
  private final Silence silence;

  // in the synchronization context
  private boolean leaving;
  private @Nullable SubchannelStateListener listener;

  // written in the synchronization context
  private volatile boolean unreachable;

  private volatile Attributes instance;
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private volatile long connectedAt;

  /** The balancer that made it. */
  interface Owner {

    /** Whether calls avoid instances that answer nothing. On any thread. */
    boolean avoidsSilent();

    /** Whether calls should go elsewhere than to some instance for now. On any thread. */
    boolean avoidsAny();

    /** Whether calls should go elsewhere than to this one for now. On any thread. */
    boolean avoids(TrackedSubchannel instance);

    /** It is connected. */
    void connected(TrackedSubchannel instance);

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
   * @param subchannels makes gRPC's subchannel to the instance, each time another one
   * @param usual the usual times of the service's methods
   */
  TrackedSubchannel(
      Supplier<Subchannel> subchannels,
      EquivalentAddressGroup addresses,
      Ejection ejection,
      UsualTimes usual,
      CallRecorder recorder,
      Owner owner) {
    this.connection = new InstanceConnection(subchannels);
    this.peer = Peer.of(addresses);
    this.addressHash = addresses.getAddresses().hashCode();
    this.instance = addresses.getAttributes();
    this.ejection = ejection;
    this.recorder = recorder;
    this.owner = owner;
    this.load = new InstanceLoad(usual, this);
    this.patient = new PatientCalls(recorder::nanoTime);
    this.silence = new Silence(this::isReady, load, patient, recorder);
  }

  Peer peer() {
    return peer;
  }

  Ejection ejection() {
    return ejection;
  }

  Silence silence() {
    return silence;
  }

  InstanceLoad load() {
    return load;
  }

  /** What is known of the instance at this moment. On any thread. */
  BalancedInstance snapshot(long now) {
    return new BalancedInstance(
        peer.toString(),
        instance.get(InstanceAttributes.ZONE),
        Objects.requireNonNullElse(instance.get(InstanceAttributes.WEIGHT), DEFAULT_WEIGHT),
        stateOf(now),
        load.latency() == 0 ? null : load.latency() / NANOS_OF_MILLI,
        Math.pow(2, load.slowness(now)),
        load.calls(),
        load.streams());
  }

  private State stateOf(long now) {
    if (!isReady()) {
      return unreachable ? State.UNREACHABLE : State.CONNECTING;
    }
    if (silence.isSilent()) {
      return State.SILENT;
    }
    if (ejection.isEjected()) {
      return State.EJECTED;
    }
    if (ejection.isOnTrial()) {
      return State.ON_TRIAL;
    }
    if (silence.isQuiet()) {
      return State.QUIET;
    }
    return load.easedIn(now) < 1 ? State.EASED_IN : State.CALLED;
  }

  /** When its process started, by its own clock; null if it does not say. */
  @Nullable Instant startedAt() {
    Map<String, String> metadata = instance.get(InstanceAttributes.METADATA);
    String text = metadata == null ? null : metadata.get(InstanceMetadata.STARTED_AT);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Since when it is connected, in nanoseconds; undefined if it is not. */
  long connectedAt() {
    return connectedAt;
  }

  @Override
  protected Subchannel delegate() {
    return connection.subchannel();
  }

  PickResult pick() {
    return connection.pick();
  }

  @Override
  public Attributes getAttributes() {
    return super.getAttributes().toBuilder().set(InstanceLoad.KEY, load).build();
  }

  @Override
  public void start(SubchannelStateListener policy) {
    listener = policy;
    connection.start(
        next -> {
          if (!leaving) {
            stateChanged(next, policy);
          } else if (next.getState() != ConnectivityState.READY) {
            close();
          }
        });
  }

  private void stateChanged(ConnectivityStateInfo next, SubchannelStateListener policy) {
    state = next.getState();
    if (isReady()) {
      unreachable = false;
      connectedAt = recorder.nanoTime();
      owner.connected(this);
    } else {
      unreachable = unreachable || state == ConnectivityState.TRANSIENT_FAILURE;
      ejection.forget();
      silence.disconnected();
    }
    owner.changed(this);
    policy.onSubchannelState(next);
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
    connection.replace();
    unreachable = true;
    stateChanged(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE), policy);
  }

  /** Whether it could not be connected, or its connection was given up, and it has none since. */
  boolean isUnreachable() {
    return unreachable;
  }

  boolean hasAddressOf(Set<SocketAddress> addresses) {
    return connection.subchannel().getAllAddresses().stream()
        .anyMatch(group -> !Collections.disjoint(addresses, group.getAddresses()));
  }

  /** Whether the last attempt to connect has failed, and none is under way. */
  boolean isPausing() {
    return state == ConnectivityState.TRANSIENT_FAILURE;
  }

  /** Connects at once to what could not be reached: the pause between two attempts ends. */
  void connectAgain() {
    connection.replace();
    connection.subchannel().requestConnection();
  }

  @Override
  public void updateAddresses(List<EquivalentAddressGroup> addresses) {
    instance = addresses.get(0).getAttributes();
    connection.updateAddresses(addresses);
  }

  /** Its streams go on, as with gRPC's own; they are watched until they have ended. */
  @Override
  public void shutdown() {
    silence.end();
    ejection.forget();
    if (isReady() && hasPatientCalls() && owner.leaves(this)) {
      leaving = true;
    } else {
      close();
    }
  }

  /** Ends it: no call, or no use of waiting, is left. */
  void close() {
    state = ConnectivityState.SHUTDOWN;
    silence.end();
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
    if (attempt.call().type() == MethodType.UNARY) {
      ejection.begun();
    }
    load.sent(attempt);
  }

  @Override
  public void attemptHeard(AttemptRecord attempt) {
    silence.heard();
  }

  @Override
  public void attemptEnded(AttemptRecord attempt) {
    patient.ended(attempt);
    load.ended(attempt);
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

  @Override
  public boolean isAny() {
    return owner.avoidsAny();
  }

  @Override
  public boolean isThis() {
    return owner.avoids(this);
  }

  boolean isReady() {
    return state == ConnectivityState.READY;
  }

  /** Whether calls should go elsewhere. */
  boolean isAvoided() {
    return silence.isSilent() || ejection.isEjected() || ejection.isTried();
  }

  /** Whether calls should go elsewhere, perhaps all but one. */
  boolean isDoubted() {
    return silence.isSilent() || ejection.isEjected() || ejection.isOnTrial();
  }

  /** Whether it has calls that may be silent for long. */
  boolean hasPatientCalls() {
    return !patient.isEmpty();
  }

  /** The same in each run, so that instances are always visited in the same order. */
  @Override
  public int hashCode() {
    return addressHash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public String toString() {
    return peer.toString();
  }
}
