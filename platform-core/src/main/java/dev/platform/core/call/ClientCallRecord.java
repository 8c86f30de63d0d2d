package dev.platform.core.call;

import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one client call: start, effective deadline, span, attempts, and the outcome,
 * which is judged once, at the end. gRPC asks it for the tracer of each attempt, which is the
 * {@link AttemptRecord}. Times are monotonic, in nanoseconds. Thread-safe.
 */
public final class ClientCallRecord extends ClientStreamTracer.Factory {

  /** Telemetry, deadline, caller, breaker and retries. */
  private static final int USUAL_LISTENERS = 5;

  private final CallRecorder recorder;
  private final MethodDescriptor<?, ?> method;
  private CallListener[] listeners = new CallListener[USUAL_LISTENERS];
  // written after the listener, and read before it
  private volatile int listenerCount;
  private final CallDeadlines deadlines;
  private volatile @Nullable AttemptRecord lastAttempt;
  private volatile boolean answered;

  // written on the thread that starts the call, before there is an attempt
  private long startedAt;
  private Span span = Span.getInvalid();
  private io.opentelemetry.context.@Nullable Context caller;
  private io.opentelemetry.context.@Nullable Context inside;

  // set by whoever runs the call, before there is an attempt
  private @Nullable Consumer<Status> canceller;

  // written at the end, before listeners are notified
  private @Nullable Status status;
  private @Nullable Metadata trailers;
  private @Nullable CallOutcome outcome;
  private boolean fair = true;
  private Attributes transport = Attributes.EMPTY;
  private long endedAt;

  // guarded by this
  private long epochOffset;
  private boolean anchored;

  ClientCallRecord(
      CallRecorder recorder,
      String target,
      MethodDescriptor<?, ?> method,
      @Nullable Deadline ownDeadline) {
    this.recorder = recorder;
    this.method = method;
    this.deadlines = new CallDeadlines(recorder, target, method, ownDeadline);
  }

  /** The record of the call with these options; null where no {@link CallRecorder} is outside. */
  public static @Nullable ClientCallRecord find(CallOptions options) {
    List<ClientStreamTracer.Factory> tracers = options.getStreamTracerFactories();
    for (int i = tracers.size() - 1; i >= 0; i--) {
      if (tracers.get(i) instanceof ClientCallRecord call) {
        return call;
      }
    }
    return null;
  }

  /**
   * The record of the call with these options.
   *
   * @throws IllegalStateException where no {@link CallRecorder} is outside
   */
  public static ClientCallRecord of(CallOptions options) {
    ClientCallRecord call = find(options);
    if (call == null) {
      throw new IllegalStateException("no CallRecorder (expected: outside of this interceptor)");
    }
    return call;
  }

  CallOptions in(CallOptions options) {
    return options.withStreamTracerFactory(this);
  }

  /** Adds a listener. Only before the call's first attempt, on the thread that starts the call. */
  public void listen(CallListener listener) {
    int count = listenerCount;
    if (count == listeners.length) {
      listeners = Arrays.copyOf(listeners, 2 * count);
    }
    listeners[count] = listener;
    listenerCount = count + 1;
  }

  int listenerCount() {
    return listenerCount;
  }

  /** A listener by its position, below {@link #listenerCount}. */
  CallListener listener(int position) {
    return listeners[position];
  }

  /** The called method. */
  public MethodDescriptor<?, ?> method() {
    return method;
  }

  /** Whether the call is unary or which side streams. */
  public MethodType type() {
    return method.getType();
  }

  // Start and deadline

  void start(Metadata headers) {
    startedAt = recorder.nanoTime();
    deadlines.started(Context.current().getDeadline());
    for (int i = 0, count = listenerCount; i < count; i++) {
      listeners[i].callStarted(this, headers);
    }
  }

  /** When the call was started; undefined before that. */
  public long startedAt() {
    return startedAt;
  }

  /** Sets the call's own deadline, which was taken from its options before. */
  public void ownDeadline(@Nullable Deadline deadline) {
    deadlines.own(deadline);
  }

  /** Sets the timeout that is configured for the method; null for none. */
  public void configuredTimeout(@Nullable Duration timeout) {
    deadlines.configured(timeout);
  }

  void callersDeadline(@Nullable Deadline deadline) {
    deadlines.started(deadline);
  }

  /**
   * The effective deadline, by which gRPC ends the call: the call's own or that of the incoming
   * call that makes it, whichever is earlier. Null without either.
   */
  public @Nullable Deadline deadline() {
    return deadlines.effective();
  }

  /** Whether {@link #deadline} is the call's own, not that of the incoming call. */
  public boolean isOwnDeadlineFirst() {
    return deadlines.isOwnFirst();
  }

  /** The time until the effective deadline in nanoseconds; 0 without one. */
  long timeLeft() {
    return deadlines.left();
  }

  /** The same at the start of the call. */
  long timeGiven() {
    return deadlines.given();
  }

  /** Whether the effective deadline has passed. */
  public boolean isExpired() {
    return deadlines.isExpired();
  }

  // Tracing

  /**
   * Sets the call's span. The application's listener is called in its caller's context.
   *
   * @param inside the caller's context with the span
   */
  public void traced(
      Span started,
      io.opentelemetry.context.Context caller,
      io.opentelemetry.context.Context inside) {
    this.span = started;
    this.caller = caller;
    this.inside = inside;
  }

  /**
   * The span of this call: the current span is that of the caller's work. Invalid, so that all its
   * methods do nothing, before the call has started and where calls are not traced.
   */
  public Span span() {
    return span;
  }

  /** The context of the caller with the call's span; the current one without telemetry. */
  public io.opentelemetry.context.Context inside() {
    io.opentelemetry.context.Context known = inside;
    return known == null ? io.opentelemetry.context.Context.current() : known;
  }

  /** The context of the caller; the current one without telemetry. */
  io.opentelemetry.context.Context caller() {
    io.opentelemetry.context.Context known = caller;
    return known == null ? io.opentelemetry.context.Context.current() : known;
  }

  // Attempts

  /** For gRPC: each attempt has a tracer of its own. */
  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    deadlines.changed(info.getCallOptions().getDeadline());
    AttemptRecord attempt;
    synchronized (this) {
      attempt = new AttemptRecord(this, info, headers, recorder.nanoTime(), lastAttempt);
      lastAttempt = attempt;
    }
    for (int i = 0, count = listenerCount; i < count; i++) {
      listeners[i].attemptStarted(attempt);
    }
    return attempt;
  }

  /** The attempt that was started last; null before the first. */
  public @Nullable AttemptRecord lastAttempt() {
    return lastAttempt;
  }

  /**
   * The attempt that a load balancer picks an instance for; null if it is unknown.
   *
   * @param headers the headers of the pick, which gRPC has passed to the attempt's tracer, too
   */
  public @Nullable AttemptRecord attempt(Metadata headers) {
    AttemptRecord attempt = lastAttempt;
    while (attempt != null && attempt.headers() != headers) {
      attempt = attempt.previous();
    }
    return attempt;
  }

  // End

  void canceller(Consumer<Status> cancel) {
    canceller = cancel;
  }

  /**
   * Ends the call from this side, as if the server had sent this status. Does nothing for a call
   * that has ended, or on a channel without the platform's interceptors. On any thread.
   */
  public void abort(Status reason) {
    Consumer<Status> cancel = canceller;
    if (cancel != null) {
      cancel.accept(reason);
    }
  }

  void answered() {
    answered = true;
    for (int i = 0, count = listenerCount; i < count; i++) {
      listeners[i].callAnswered(this);
    }
  }

  void end(Status status, Metadata trailers, Attributes transport) {
    if (this.status != null) {
      return;
    }
    endedAt = recorder.nanoTime();
    this.transport = transport;
    this.trailers = trailers;
    this.status = status;
    fair = status.getCode() != Code.DEADLINE_EXCEEDED || hadFairChance(deadlines.given());
    CallOutcome classified = classify(status, trailers);
    outcome = fair || classified != CallOutcome.FAILURE ? classified : CallOutcome.IGNORED;
    deadlines.ended(status, lastAttempt, startedAt, endedAt);
    for (int i = listenerCount - 1; i >= 0; i--) {
      listeners[i].callEnded(this);
    }
  }

  /** Usually the last attempt's, which may have been judged already. */
  private CallOutcome classify(Status status, Metadata trailers) {
    AttemptRecord last = lastAttempt;
    return last != null && last.status() == status && last.trailers() == trailers
        ? last.classified()
        : recorder.classify(status, trailers);
  }

  /** Whether this time before the deadline was a fair chance for the callee, in nanoseconds. */
  boolean hadFairChance(long given) {
    return deadlines.wereFair(given, answered);
  }

  /** The status for the application: one that does not count says why. */
  Status explained(Status closed) {
    return fair || closed.getCause() != null ? closed : closed.withCause(deadlines.excuse());
  }

  /**
   * How the call ended.
   *
   * @throws NullPointerException before the end
   */
  public Status status() {
    return Objects.requireNonNull(status, "the call has not ended");
  }

  /**
   * The trailers of the call; empty where it ended in this process.
   *
   * @throws NullPointerException before the end
   */
  public Metadata trailers() {
    return Objects.requireNonNull(trailers, "the call has not ended");
  }

  /** Whether the call had a fair chance; false only if it ended with DEADLINE_EXCEEDED. */
  public boolean hadFairChance() {
    return fair;
  }

  /**
   * What the end of the call says about the callee. DEADLINE_EXCEEDED is only a failure if the call
   * had a fair chance: its configured timeout, or at least the usual time of the callee's answers.
   *
   * @throws NullPointerException before the end
   */
  public CallOutcome outcome() {
    return Objects.requireNonNull(outcome, "the call has not ended");
  }

  /** gRPC's attributes of the connection that the call ended on; empty before the end. */
  public Attributes transport() {
    return transport;
  }

  /** When the call ended. */
  public long endedAt() {
    return endedAt;
  }

  // Time

  /** The recorder that made this record. */
  public CallRecorder recorder() {
    return recorder;
  }

  /** A time of this call as nanoseconds since 1970. All times of a call share one reading. */
  synchronized long epochNanos(long nanoTime) {
    if (!anchored) {
      Instant wall = recorder.clock().instant();
      epochOffset =
          TimeUnit.SECONDS.toNanos(wall.getEpochSecond()) + wall.getNano() - recorder.nanoTime();
      anchored = true;
    }
    return nanoTime + epochOffset;
  }
}
