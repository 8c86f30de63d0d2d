package dev.platform.core.call;

import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one attempt of a client call: start, peer, trailers, status and outcome. It is
 * the only tracer that the platform adds to a stream. Times are monotonic, in nanoseconds.
 * Thread-safe.
 */
public final class AttemptRecord extends ClientStreamTracer {

  private static final Status LATE =
      Status.DEADLINE_EXCEEDED.withDescription("no answer before the deadline");

  private final ClientCallRecord call;
  private final StreamInfo info;
  private final Metadata headers;
  private final long startedAt;
  private final @Nullable AttemptRecord previous;

  /** The load balancer's listener, for the instance that was picked. */
  private volatile @Nullable CallListener picked;

  private volatile @Nullable Attributes connection;
  private volatile @Nullable Metadata trailers;
  private volatile @Nullable CallOutcome outcome;
  private volatile @Nullable CallOutcome classified;

  /** The time that it had when it was sent; undefined without a connection. */
  private volatile long given;

  private volatile long sentAt;

  // guarded by call
  private @Nullable AttemptRecord next;
  private @Nullable Status status;
  private long endedAt;
  private boolean spanTaken;

  AttemptRecord(
      ClientCallRecord call,
      StreamInfo info,
      Metadata headers,
      long startedAt,
      @Nullable AttemptRecord previous) {
    this.call = call;
    this.info = info;
    this.headers = headers;
    this.startedAt = startedAt;
    this.previous = previous;
    if (previous != null) {
      previous.next = this;
    }
  }

  /** The call that this is an attempt of. */
  public ClientCallRecord call() {
    return call;
  }

  /** Whether it is a hedge, a retry or a transparent retry, and how many came before. */
  public StreamInfo info() {
    return info;
  }

  /** The attempt before this one; null for the first. */
  public @Nullable AttemptRecord previous() {
    return previous;
  }

  Metadata headers() {
    return headers;
  }

  /**
   * Adds the listener of the instance that a load balancer has picked. It is notified when the
   * attempt is sent, and of everything after that. A later pick for the same attempt replaces it.
   */
  public void picked(CallListener instance) {
    picked = instance;
  }

  /** When gRPC began the attempt. */
  public long startedAt() {
    return startedAt;
  }

  /** When the attempt was assigned to a connection; undefined without one. */
  public long sentAt() {
    return sentAt;
  }

  /** When the attempt ended; undefined before that. */
  public long endedAt() {
    synchronized (call) {
      return endedAt;
    }
  }

  /**
   * gRPC's attributes of the connection that the attempt was sent on; all attempts on one
   * connection have the same instance. Null before that, and for an attempt that was never sent.
   */
  public @Nullable Attributes connection() {
    return connection;
  }

  /** The instance's address; null without a connection. */
  public @Nullable Peer peer() {
    Attributes known = connection;
    return known == null ? null : call.recorder().peer(known);
  }

  /** The trailers that were received; null for none. */
  public @Nullable Metadata trailers() {
    return trailers;
  }

  /** How the attempt ended; null before that. */
  public @Nullable Status status() {
    synchronized (call) {
      return status;
    }
  }

  /**
   * What the end of this attempt says about the instance. gRPC cancels an attempt that it could
   * retry when the call's deadline passes: it is judged as DEADLINE_EXCEEDED. That is only a
   * failure if the attempt had a fair chance, since it was sent.
   *
   * @throws NullPointerException before the end
   */
  public CallOutcome outcome() {
    return Objects.requireNonNull(outcome, "the attempt has not ended");
  }

  /** What its status says, whatever its time. */
  CallOutcome classified() {
    return Objects.requireNonNull(classified, "the attempt has not ended");
  }

  /** The start in nanoseconds since 1970. */
  public long startEpochNanos() {
    return call.epochNanos(startedAt);
  }

  /** The end in nanoseconds since 1970; undefined before the end. */
  public long endEpochNanos() {
    synchronized (call) {
      return call.epochNanos(endedAt);
    }
  }

  /**
   * Returns true once: for the first caller after the attempt has ended and the call has another
   * attempt. Then this attempt gets a span of its own.
   */
  public boolean takeSpan() {
    synchronized (call) {
      if (status == null || spanTaken || (previous == null && next == null)) {
        return false;
      }
      spanTaken = true;
      return true;
    }
  }

  // Called by gRPC

  @Override
  public void streamCreated(Attributes transport, Metadata sent) {
    connection = transport;
    sentAt = call.recorder().nanoTime();
    given = call.timeLeft();
    for (int i = 0, count = call.listenerCount(); i < count; i++) {
      call.listener(i).attemptSent(this);
    }
    CallListener instance = picked;
    if (instance != null) {
      instance.attemptSent(this);
    }
  }

  @Override
  public void inboundHeaders() {
    heard();
  }

  @Override
  public void inboundMessage(int sequence) {
    heard();
  }

  @Override
  public void inboundTrailers(Metadata received) {
    trailers = received;
    for (int i = 0, count = call.listenerCount(); i < count; i++) {
      call.listener(i).attemptTrailers(this, received);
    }
    heard();
  }

  private void heard() {
    for (int i = 0, count = call.listenerCount(); i < count; i++) {
      call.listener(i).attemptHeard(this);
    }
    CallListener instance = picked;
    if (instance != null) {
      instance.attemptHeard(this);
    }
  }

  @Override
  public void streamClosed(Status closed) {
    Status judged = late(closed) ? LATE : closed;
    CallOutcome known = call.recorder().classify(judged, trailers);
    boolean excused =
        known == CallOutcome.FAILURE
            && judged.getCode() == Code.DEADLINE_EXCEEDED
            && !call.hadFairChance(connection == null ? call.timeGiven() : given);
    classified = known;
    outcome = excused ? CallOutcome.IGNORED : known;
    synchronized (call) {
      status = closed;
      endedAt = call.recorder().nanoTime();
    }
    for (int i = 0, count = call.listenerCount(); i < count; i++) {
      call.listener(i).attemptEnded(this);
    }
    CallListener instance = picked;
    if (instance != null && connection != null) {
      instance.attemptEnded(this);
    }
  }

  private boolean late(Status closed) {
    return trailers == null && closed.getCode() == Code.CANCELLED && call.isExpired();
  }
}
