package dev.platform.core.breaker;

import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.grpc.Status;
import io.grpc.StatusException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker with what Resilience4j's does not have: the number of consecutive failures, the
 * time of the next probe, and probes while it is open: one call at a time, which is not counted. If
 * it succeeds, the breaker is half-open at once, and need not wait. A change of state is logged,
 * and recorded as an event on the span of the call that caused it; for a breaker around a method,
 * on the current span. Thread-safe, never blocks.
 */
final class ServiceBreaker {

  private static final Logger log = LoggerFactory.getLogger(ServiceBreaker.class);

  /** How long trial calls may take while further calls are refused. */
  static final Duration PROBE_PATIENCE = Duration.ofSeconds(30);

  /** So many probes that say nothing fit into the time between two others. */
  private static final int REPEATED_PROBES = 8;

  private static final AttributeKey<String> NAME =
      AttributeKey.stringKey("platform.circuit_breaker.name");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("platform.circuit_breaker.state");

  /** The span of the call that the breaker counts on this thread; it is not the current span. */
  private final ThreadLocal<@Nullable Span> currentCall = new ThreadLocal<>();

  private final CircuitBreaker breaker;
  private final int consecutiveFailures;
  private final long probeInterval;
  private final LongSupplier nanoTime;
  private final AtomicLong nextProbeAt = new AtomicLong();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger openings = new AtomicInteger();
  private volatile long openUntil;
  private volatile long lastSuccessAt;

  // guarded by this: the first call that was refused since the last trial call ended
  private boolean stalled;
  private long stalledSince;
  private int trialsEnded;

  /**
   * @param consecutiveFailures more consecutive failures than this open the breaker; 0 for never
   * @param probeInterval the time between two probes while it is open, in nanoseconds; 0 for none
   * @param nanoTime the clock of {@link ClientCallRecord}, in nanoseconds
   */
  ServiceBreaker(
      CircuitBreaker breaker, int consecutiveFailures, long probeInterval, LongSupplier nanoTime) {
    this.breaker = breaker;
    this.consecutiveFailures = consecutiveFailures;
    this.probeInterval = probeInterval;
    this.nanoTime = nanoTime;
    this.lastSuccessAt = nanoTime.getAsLong();
    breaker
        .getEventPublisher()
        .onStateTransition(this::changed)
        .onCallNotPermitted(refused -> refused());
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /**
   * Whether a call is permitted. Each permitted call must end in {@link #answered}, {@link #ended}
   * or {@link #release}.
   *
   * @param call the call's span
   */
  boolean tryAcquire(Span call) {
    currentCall.set(call);
    try {
      boolean permitted = breaker.tryAcquirePermission();
      if (permitted && breaker.getState() == State.HALF_OPEN) {
        call.addEvent("platform.circuit_breaker.trial", Attributes.of(NAME, breaker.getName()));
      }
      return permitted;
    } finally {
      currentCall.set(null);
    }
  }

  /**
   * Whether a call goes through an open breaker as a probe. It must end in {@link #probed}.
   *
   * @param call the call's span
   */
  boolean tryProbe(Span call) {
    if (probeInterval == 0 || breaker.getState() != State.OPEN) {
      return false;
    }
    long now = nanoTime.getAsLong();
    long due = nextProbeAt.get();
    if (now - due < 0 || !nextProbeAt.compareAndSet(due, now + probeInterval)) {
      return false;
    }
    call.addEvent("platform.circuit_breaker.trial", Attributes.of(NAME, breaker.getName()));
    return true;
  }

  /**
   * A probe has ended, or was answered. One that says nothing, since the callee's own breaker is
   * open or the caller has cancelled, is followed by another one soon.
   *
   * @param elapsed how long the call took, in nanoseconds
   */
  void probed(CallOutcome outcome, Span call, long elapsed) {
    if (outcome == CallOutcome.IGNORED) {
      nextProbeAt.set(nanoTime.getAsLong() + probeInterval / REPEATED_PROBES);
    } else if (outcome == CallOutcome.SUCCESS
        && elapsed < breaker.getCircuitBreakerConfig().getSlowCallDurationThreshold().toNanos()) {
      currentCall.set(call);
      try {
        halfOpen();
      } finally {
        currentCall.set(null);
      }
    }
  }

  private synchronized void halfOpen() {
    if (breaker.getState() == State.OPEN) {
      breaker.transitionToHalfOpenState();
    }
  }

  /** The status of a call that is not permitted. */
  StatusException refusal() {
    return Status.UNAVAILABLE
        .withDescription("circuit breaker is open: " + breaker.getName() + nextProbe())
        .withCause(CallNotPermittedException.createCallNotPermittedException(breaker))
        .asException(Rejection.CIRCUIT_BREAKER.trailers());
  }

  /** Returns the permission of a call that says nothing about the callee. */
  void release() {
    breaker.releasePermission();
  }

  /** Counts a call as a success before its end. */
  void answered(ClientCallRecord call) {
    count(CallOutcome.SUCCESS, call, nanoTime.getAsLong(), 0, Status.OK);
  }

  /**
   * Counts a call at its end. A failure is consecutive only if its call was started after the last
   * success: of an instance that hangs, many calls may reach their deadlines at once, while all
   * other calls succeed.
   *
   * @param elapsed how long the call took, in nanoseconds
   */
  void ended(CallOutcome outcome, ClientCallRecord call, long elapsed) {
    count(outcome, call, call.endedAt(), elapsed, call.status());
  }

  private void count(
      CallOutcome outcome, ClientCallRecord call, long now, long elapsed, Status status) {
    currentCall.set(call.span());
    try {
      count(outcome, call.startedAt(), now, elapsed, status);
    } finally {
      currentCall.set(null);
    }
  }

  private void count(CallOutcome outcome, long startedAt, long now, long elapsed, Status status) {
    switch (outcome) {
      case IGNORED -> release();
      case SUCCESS -> {
        if (failures.get() != 0) {
          failures.set(0);
        }
        lastSuccessAt = now;
        breaker.onSuccess(elapsed, TimeUnit.NANOSECONDS);
      }
      case FAILURE -> {
        breaker.onError(elapsed, TimeUnit.NANOSECONDS, new CalleeFailure(status));
        if (startedAt - lastSuccessAt >= 0
            && failures.incrementAndGet() > consecutiveFailures
            && consecutiveFailures > 0
            && breaker.getState() == State.CLOSED) {
          open();
        }
      }
    }
  }

  /**
   * Half-open, all trial calls are under way: if none of them ends, it opens again, and later there
   * are new ones. That needs a refused call: without calls there is nothing to wait for.
   */
  private void refused() {
    if (breaker.getState() == State.HALF_OPEN) {
      stalled();
    }
  }

  private synchronized void stalled() {
    long now = nanoTime.getAsLong();
    int ended = breaker.getMetrics().getNumberOfBufferedCalls();
    if (!stalled || ended != trialsEnded) {
      stalled = true;
      stalledSince = now;
      trialsEnded = ended;
    } else if (now - stalledSince >= PROBE_PATIENCE.toNanos()
        && breaker.getState() == State.HALF_OPEN) {
      breaker.transitionToOpenState();
    }
  }

  private synchronized void open() {
    if (breaker.getState() == State.CLOSED) {
      breaker.transitionToOpenState();
    }
  }

  private void changed(CircuitBreakerOnStateTransitionEvent event) {
    StateTransition change = event.getStateTransition();
    if (change.getToState() == State.OPEN) {
      boolean again = change.getFromState() == State.HALF_OPEN;
      int attempt = openings.updateAndGet(before -> again ? before + 1 : 1);
      long wait =
          breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(attempt);
      long now = nanoTime.getAsLong();
      openUntil = now + TimeUnit.MILLISECONDS.toNanos(wait);
      nextProbeAt.set(now + probeInterval);
    }
    log.warn(
        "circuit breaker {}: {} -> {}{}",
        breaker.getName(),
        change.getFromState(),
        change.getToState(),
        change.getToState() == State.OPEN ? why() : "");
    Span call = currentCall.get();
    (call == null ? Span.current() : call)
        .addEvent(
            "platform.circuit_breaker.transition",
            Attributes.of(NAME, breaker.getName(), STATE, change.getToState().name()));
    failures.set(0);
    endStall();
  }

  private synchronized void endStall() {
    stalled = false;
  }

  private String why() {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    int consecutive = failures.get();
    return "%s, %.0f %% of the window's calls failed, %.0f %% were slow%s"
        .formatted(
            consecutive == 0 ? "" : ", " + consecutive + " consecutive failures",
            Math.max(0, metrics.getFailureRate()),
            Math.max(0, metrics.getSlowCallRate()),
            nextProbe());
  }

  private String nextProbe() {
    State state = breaker.getState();
    if (state == State.HALF_OPEN) {
      return ", probing";
    }
    long now = nanoTime.getAsLong();
    long wait = openUntil - now;
    Duration left =
        Duration.ofNanos(
            Math.max(0, probeInterval == 0 ? wait : Math.min(wait, nextProbeAt.get() - now)));
    return state == State.OPEN
        ? ", next probe in %d.%d s".formatted(left.toSeconds(), left.toMillisPart() / 100)
        : "";
  }
}
