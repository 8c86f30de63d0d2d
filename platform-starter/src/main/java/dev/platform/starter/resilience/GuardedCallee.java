package dev.platform.starter.resilience;

import dev.platform.starter.outcome.CallOutcome;
import dev.platform.starter.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker with what Resilience4j's does not know: how many calls failed one after the
 * other, and when it will let one through again. Thread-safe.
 */
final class GuardedCallee {

  private static final Logger log = LoggerFactory.getLogger(GuardedCallee.class);

  private final CircuitBreaker breaker;
  private final int failuresInARow;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger openings = new AtomicInteger();
  private volatile long openUntil;

  /** In the breaker's unit. */
  private volatile long lastSuccessAt;

  GuardedCallee(CircuitBreaker breaker, int failuresInARow) {
    this.breaker = breaker;
    this.failuresInARow = failuresInARow;
    this.lastSuccessAt = breaker.getCurrentTimestamp();
    breaker.getEventPublisher().onStateTransition(this::changed);
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /** Whether a call may go; what may go must end in {@link #ended} or {@link #release}. */
  boolean tryAcquire() {
    return breaker.tryAcquirePermission();
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
  void ended(CallOutcome outcome, long startedAt, long elapsed, Status status) {
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
            && failures.incrementAndGet() > failuresInARow
            && failuresInARow > 0
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
    failures.set(0);
  }

  private String why() {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    return ", %d failures in a row, %.0f %% of the window's calls failed, %.0f %% were slow%s"
        .formatted(
            failures.get(),
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
