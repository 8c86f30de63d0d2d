package dev.platform.simulation;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Judges what one caller's breaker does with its calls. */
final class BreakerRules {

  private static final long WELL = 90 * Loop.SECOND;
  private static final long RECOVERED = 15 * Loop.SECOND;

  private final Fleet fleet;
  private final Loop loop;
  private final History log;
  private final Machine machine;
  private final Calm calm;
  private final Deque<Long> probes = new ArrayDeque<>();
  private final Deque<Outcome> outcomes = new ArrayDeque<>();
  private CircuitBreaker.State before = CircuitBreaker.State.CLOSED;
  private CircuitBreaker.State lastState = CircuitBreaker.State.CLOSED;
  private boolean sent;
  private int consecutive;
  private int mostConsecutive;
  private long failedAt = -WELL;
  private long openSince;

  private record Outcome(long at, boolean failed, int consecutive) {}

  BreakerRules(Fleet fleet, Machine machine, Calm calm) {
    this.fleet = fleet;
    this.loop = fleet.loop();
    this.log = fleet.log();
    this.machine = machine;
    this.calm = calm;
  }

  /** A call is about to start. */
  void begins(CircuitBreaker.State state) {
    if (state == CircuitBreaker.State.OPEN && before == CircuitBreaker.State.CLOSED) {
      opened();
    }
    before = state;
    sent = false;
  }

  /** A call is sent; one that waits for an instance is not that of a probe. */
  void sent() {
    sent = true;
  }

  /** It has started, or was refused. */
  void begun() {
    if (before == CircuitBreaker.State.OPEN && sent) {
      probed();
    }
  }

  /** A call goes through an open breaker. */
  private void probed() {
    probes.add(loop.now());
    while (probes.element() < loop.now() - Loop.SECOND) {
      probes.remove();
    }
    if (probes.size() > 4) {
      log.violated(
          Promise.FEW_PROBES,
          "%s: %d calls within a second through an open breaker",
          machine,
          probes.size());
    }
  }

  /** It may, after more than five consecutive failures, or when half of 20 calls in 10 s fail. */
  private void opened() {
    if (mostConsecutive <= 5 && !halfHaveFailed() && !machine.isSetBack()) {
      log.violated(
          Promise.ONLY_FAILURES_OPEN,
          "%s: the breaker opens after %d consecutive failures, %d of %d calls within 10 s",
          machine,
          mostConsecutive,
          outcomes.stream().filter(each -> each.failed).count(),
          outcomes.size());
    }
  }

  /**
   * Whether half of at least 20 calls had failed in a breaker's window: ten seconds, the first and
   * the last of them not whole. Calls may have ended since it opened.
   */
  private boolean halfHaveFailed() {
    List<Outcome> all = List.copyOf(outcomes);
    for (int last = all.size() - 1; last >= 0; last--) {
      if (loop.now() - all.get(last).at > 2 * Loop.SECOND) {
        return false;
      }
      int failures = 0;
      for (int first = last; first >= 0; first--) {
        failures += all.get(first).failed ? 1 : 0;
        int calls = last - first + 1;
        boolean window = first == 0 || all.get(last).at - all.get(first - 1).at > 9 * Loop.SECOND;
        if (window && calls >= 20 && 2 * failures >= calls) {
          return true;
        }
      }
    }
    return false;
  }

  private void ended(boolean failed) {
    consecutive = failed ? consecutive + 1 : 0;
    outcomes.add(new Outcome(loop.now(), failed, consecutive));
    while (outcomes.element().at < loop.now() - 11 * Loop.SECOND) {
      outcomes.remove();
    }
    mostConsecutive = outcomes.stream().mapToInt(each -> each.consecutive).max().orElse(0);
  }

  void succeeded() {
    log.mix(1);
    ended(false);
  }

  void failed(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    boolean refused = String.valueOf(status.getDescription()).startsWith("circuit breaker");
    log.mix(status.getCode().value());
    if (!refused) {
      failedAt = loop.now();
      ended(true);
    }
  }

  /**
   * @param usableSince since when an instance is known
   */
  void everySecond(CircuitBreaker.State state, long usableSince) {
    boolean open = state != CircuitBreaker.State.CLOSED;
    openSince = open ? (openSince == 0 ? loop.now() : openSince) : 0;
    if (state != lastState) {
      lastState = state;
      log.note("%s: the breaker is %s", machine, state);
    }
    if (!calm.isFor(WELL, loop.now())) {
      return;
    }
    if (open
        && fleet.callsCalm().isFor(RECOVERED, loop.now())
        && loop.now() - usableSince > RECOVERED
        && loop.now() - openSince > RECOVERED) {
      log.violated(
          Promise.BREAKER_CLOSES, "%s: the breaker is %s, and all is well", machine, state);
    }
    if (open && loop.now() - failedAt > WELL) {
      log.violated(
          Promise.ONLY_FAILURES_OPEN, "%s: the breaker is %s for no reason", machine, state);
    }
    if (state == CircuitBreaker.State.CLOSED
        && fleet.allFailSince() > 0
        && loop.now() - Math.max(fleet.allFailSince(), usableSince) > fleet.opensWithin()) {
      log.violated(
          Promise.BREAKER_OPENS,
          "%s: all calls fail since %s, and the breaker is closed",
          machine,
          History.seconds(fleet.allFailSince()));
    }
  }
}
