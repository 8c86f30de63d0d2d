package dev.platform.core.call;

import dev.platform.core.outcome.AnswerTimes;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link ClientCallRecord} of each client call. It is the outermost interceptor of the
 * platform's client chain; interceptors inside of it find the record in the call options. It is
 * also the source of time and judgement for all that observe calls, on both sides. Thread-safe,
 * never blocks.
 */
public final class CallRecorder implements ClientInterceptor {

  private static final Metadata NO_TRAILERS = new Metadata();
  private static final int MOST_PEERS = 1000;

  private final OutcomeClassifier outcomes;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Deadline.Ticker deadlines;
  private final boolean fairChance;
  private final CalledMethods methods = new CalledMethods();
  private final Map<SocketAddress, Peer> peers = new ConcurrentHashMap<>();

  /** The same; a deadline counts only if the call had a fair chance. */
  public CallRecorder(
      OutcomeClassifier outcomes, Clock clock, LongSupplier nanoTime, Deadline.Ticker deadlines) {
    this(outcomes, clock, nanoTime, deadlines, true);
  }

  /**
   * @param outcomes classifies how calls and attempts ended
   * @param clock wall-clock time, for the spans of attempts
   * @param nanoTime monotonic time in nanoseconds
   * @param deadlines the time of gRPC's deadlines. All deadlines of a process must have the same
   *     ticker: {@link Deadline#getSystemTicker()}, unless a test moves the time
   * @param fairChance whether a call that ends with DEADLINE_EXCEEDED is only the callee's failure
   *     if it had a fair chance, see {@link ClientCallRecord#outcome}
   */
  public CallRecorder(
      OutcomeClassifier outcomes,
      Clock clock,
      LongSupplier nanoTime,
      Deadline.Ticker deadlines,
      boolean fairChance) {
    this.outcomes = outcomes;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.deadlines = deadlines;
    this.fairChance = fairChance;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCallRecord call =
        new ClientCallRecord(this, String.valueOf(next.authority()), method, options.getDeadline());
    return new RecordedCall<>(next.newCall(method, call.in(options)), call);
  }

  /**
   * Returns the record of a single attempt, for a call on a channel without the platform's
   * interceptors. The load balancer returns it with its pick, as the factory of the stream's
   * tracer.
   */
  public ClientCallRecord attemptOf(PickSubchannelArgs pick) {
    ClientCallRecord call =
        new ClientCallRecord(
            this,
            String.valueOf(pick.getCallOptions().getAuthority()),
            pick.getMethodDescriptor(),
            pick.getCallOptions().getDeadline());
    call.callersDeadline(Context.current().getDeadline());
    return call;
  }

  /**
   * What the end of a call says about the callee.
   *
   * @param trailers null for none
   */
  public CallOutcome classify(Status status, @Nullable Metadata trailers) {
    return outcomes.classify(status, trailers == null ? NO_TRAILERS : trailers);
  }

  /** Monotonic time in nanoseconds. */
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** The deadline that is this long from now. */
  public Deadline deadlineAfter(Duration duration) {
    return Deadline.after(duration.toNanos(), TimeUnit.NANOSECONDS, deadlines);
  }

  /** Whether deadlines only count after a fair chance. */
  boolean needsFairChance() {
    return fairChance;
  }

  /** {@link Peer#of(Attributes)}, made once for the calls of a connection. */
  public @Nullable Peer peer(Attributes connection) {
    SocketAddress remote = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (remote == null) {
      return null;
    }
    Peer known = peers.get(remote);
    if (known == null) {
      if (peers.size() >= MOST_PEERS) {
        peers.clear();
      }
      known = Peer.of(remote);
      peers.put(remote, known);
    }
    return known;
  }

  AnswerTimes times(String target, String method) {
    return methods.times(target, method);
  }

  /** Wall-clock time. */
  public Clock clock() {
    return clock;
  }
}
