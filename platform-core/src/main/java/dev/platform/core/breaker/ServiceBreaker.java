package dev.platform.core.breaker;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker with what Resilience4j's does not know: how many calls failed one after the
 * other, and when it will let one through again. Each change of its state is told in the log and on
 * the span of the call that brought it about, or of the operation, where the breaker is around one.
 * Thread-safe.
 */
final class ServiceBreaker {

  private static final Logger log = LoggerFactory.getLogger(ServiceBreaker.class);

  private static final AttributeKey<String> NAME =
      AttributeKey.stringKey("platform.circuit_breaker.name");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("platform.circuit_breaker.state");

  /** Of the call that the breaker is told of on this thread; it is not the current span there. */
  private static final ThreadLocal<@Nullable Span> CALL = new ThreadLocal<>();

  private final CircuitBreaker breaker;
  private final int consecutiveFailures;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger openings = new AtomicInteger();
  private volatile long openUntil;

  /** In the breaker's unit. */
  private volatile long lastSuccessAt;

  ServiceBreaker(CircuitBreaker breaker, int consecutiveFailures) {
    this.breaker = breaker;
    this.consecutiveFailures = consecutiveFailures;
    this.lastSuccessAt = breaker.getCurrentTimestamp();
    breaker.getEventPublisher().onStateTransition(this::changed);
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /** Whether a call may go; what may go must end in {@link #ended} or {@link #release}. */
  boolean tryAcquire(Span call) {
    CALL.set(call);
    try {
      return breaker.tryAcquirePermission();
    } finally {
      CALL.set(null);
    }
  }

  /** What callers are told while it is open. */
  StatusException refusal() {
    return Status.UNAVAILABLE
        .withDescription("circuit breaker is open: " + breaker.getName() + nextProbe())
        .withCause(CallNotPermittedException.createCallNotPermittedException(breaker))
        .asException(Rejection.CIRCUIT_BREAKER.trailers());
  }

  /** The call says nothing about the callee. */
  void release() {
    breaker.releasePermission();
  }

  /**
   * A failure is one in a row if its call began after the last good answer. Of an instance that
   * hangs many calls may reach their deadlines at once, while all others are well.
   *
   * @param startedAt on the breaker's clock
   * @param elapsed in the breaker's unit
   */
  void ended(CallOutcome outcome, long startedAt, long elapsed, Status status, Span call) {
    CALL.set(call);
    try {
      count(outcome, startedAt, elapsed, status);
    } finally {
      CALL.set(null);
    }
  }

  private void count(CallOutcome outcome, long startedAt, long elapsed, Status status) {
    TimeUnit unit = breaker.getTimestampUnit();
    switch (outcome) {
      case IGNORED -> release();
      case SUCCESS -> {
        if (failures.get() != 0) {
          failures.set(0);
        }
        lastSuccessAt = breaker.getCurrentTimestamp();
        breaker.onSuccess(elapsed, unit);
      }
      case FAILURE -> {
        breaker.onError(elapsed, unit, new CalleeFailure(status));
        if (startedAt - lastSuccessAt >= 0
            && failures.incrementAndGet() > consecutiveFailures
            && consecutiveFailures > 0
            && breaker.getState() == State.CLOSED) {
          open();
        }
      }
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
      openUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
    }
    log.warn(
        "circuit breaker {}: {} -> {}{}",
        breaker.getName(),
        change.getFromState(),
        change.getToState(),
        change.getToState() == State.OPEN ? why() : "");
    Span call = CALL.get();
    (call == null ? Span.current() : call)
        .addEvent(
            "platform.circuit_breaker.transition",
            Attributes.of(NAME, breaker.getName(), STATE, change.getToState().name()));
    failures.set(0);
  }

  private String why() {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    int inARow = failures.get();
    return "%s, %.0f %% of the window's calls failed, %.0f %% were slow%s"
        .formatted(
            inARow == 0 ? "" : ", " + inARow + " failures in a row",
            Math.max(0, metrics.getFailureRate()),
            Math.max(0, metrics.getSlowCallRate()),
            nextProbe());
  }

  private String nextProbe() {
    State state = breaker.getState();
    if (state == State.HALF_OPEN) {
      return ", probing";
    }
    Duration left = Duration.ofNanos(Math.max(0, openUntil - System.nanoTime()));
    return state == State.OPEN
        ? ", next probe in %d.%d s".formatted(left.toSeconds(), left.toMillisPart() / 100)
        : "";
  }
}
