package dev.platform.core.concurrency;

import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit that follows what the server can do at once. Answers of a saturated server take longer
 * than the same methods' answers take while it has little to do, by the factor of the calls in
 * flight to the calls that it works on (Little's law). So after each window in which calls were
 * refused, the limit becomes what makes answers take half as long again as unhindered: a queue that
 * is short, and never empty. Each method is compared with itself, so that it does not matter which
 * of them are called.
 *
 * <p>Unhindered are calls that began while less than half of the limit was in use. Where that does
 * not happen any more, since the server stays saturated, half of the limit applies for a moment, as
 * in BBR (Cardwell et al., 2016), until some have begun: a server that has become slower for
 * another reason than its load is not taken for a saturated one. Thread-safe, never blocks but for
 * the moment of a change.
 */
final class AdaptiveLimit {

  /** A window is at least this long, and has at least so many answers. */
  static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int ANSWERS = 20;

  /** How much longer than unhindered answers take at the limit. */
  private static final double TARGET = 1.5;

  private static final double FASTEST_RISE = 1.25;
  private static final double FASTEST_FALL = 0.3;

  /** How much of the limit calls of the highest priority may use. */
  private static final double HIGHEST_SHARE = 1.5;

  /** Half of the limit applies until so many calls have begun, or the time is over. */
  private static final int PROBED = 20;

  private static final long LONGEST_PROBE = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long PROBE_PAUSE = TimeUnit.SECONDS.toNanos(2);

  /** A probe may take this part of the time. */
  private static final int PROBE_SHARE = 20;

  private final Adaptive bounds;

  // The window, counted by all calls.
  private final AtomicLong took = new AtomicLong();
  private final AtomicLong expected = new AtomicLong();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger unhindered = new AtomicInteger();
  private volatile boolean refused;

  private final AtomicBoolean turning = new AtomicBoolean();
  private final AtomicInteger probed = new AtomicInteger();

  // written by whoever has set turning
  private volatile double limit;
  private volatile long windowEnd;

  /** Answers to calls that began before are of another limit. */
  private volatile long since;

  private volatile boolean probing;
  private volatile boolean probingAll;
  private volatile long probeBegan;
  private volatile long nextProbe;
  private volatile boolean probeFailed;

  AdaptiveLimit(Adaptive bounds, long now) {
    this.bounds = bounds;
    this.limit = bounds.initialLimit();
    this.since = now;
    this.nextProbe = now + PROBE_PAUSE;
    this.windowEnd = now + WINDOW;
  }

  int limit() {
    return (int) Math.round(limit);
  }

  /** How many calls may be in flight for one more with this share of the limit. */
  long allowed(double share) {
    boolean highest = share >= 1;
    double base = probing && (probingAll || !highest) ? limit / 2 : limit;
    long calls = Math.round(base * (highest ? HIGHEST_SHARE : share));
    return Math.max(1, Math.min(calls, bounds.maxLimit()));
  }

  /**
   * A call was admitted.
   *
   * @param inFlight with this one
   */
  void admitted(int inFlight) {
    if (probing && isUnhindered(inFlight)) {
      probed.incrementAndGet();
    }
  }

  /** A call was refused. */
  void refused() {
    if (!refused) {
      refused = true;
    }
  }

  /**
   * A call has ended.
   *
   * @param method how long its method takes unhindered
   * @param beganAt when its handler began
   * @param inFlight the calls in flight when it was admitted, with this one
   * @param isAnswer whether it was answered with OK; else it took so long in vain
   */
  void sample(UnhinderedTime method, long beganAt, long now, int inFlight, boolean isAnswer) {
    long time = Math.max(1, now - beganAt);
    if (isAnswer && isUnhindered(inFlight)) {
      method.add(time);
      unhindered.incrementAndGet();
    }
    if (!probing && beganAt - since >= 0) {
      long usual = method.nanos();
      took.addAndGet(time);
      expected.addAndGet(usual == 0 ? time : usual);
      answers.incrementAndGet();
    }
    if (probing || now - windowEnd >= 0) {
      turn(now);
    }
  }

  private boolean isUnhindered(int inFlight) {
    return 2 * inFlight <= limit;
  }

  private void turn(long now) {
    if (!turning.compareAndSet(false, true)) {
      return;
    }
    try {
      if (probing) {
        endProbe(now);
      } else if (now - windowEnd >= 0 && answers.get() >= ANSWERS) {
        adapt(now);
      }
    } finally {
      turning.set(false);
    }
  }

  private void adapt(long now) {
    double slowdown = (double) took.get() / Math.max(1, expected.get());
    boolean hindered = unhindered.get() < ANSWERS / 2;
    double before = limit;
    double next = before;
    if (refused) {
      next = before * Math.max(FASTEST_FALL, Math.min(TARGET / slowdown, FASTEST_RISE));
    } else if (slowdown < TARGET && before < bounds.initialLimit()) {
      next = Math.min(before * FASTEST_RISE, bounds.initialLimit());
    }
    limit = Math.max(bounds.minLimit(), Math.min(next, bounds.maxLimit()));
    if (limit() != Math.round(before)) {
      since = now;
    }
    if (!hindered) {
      nextProbe = now + PROBE_PAUSE;
    } else if (refused && now - nextProbe >= 0) {
      probeBegan = now;
      probed.set(0);
      probingAll = probeFailed;
      probing = true;
    }
    restart(now);
  }

  private void endProbe(long now) {
    boolean done = probed.get() >= PROBED;
    long lasted = now - probeBegan;
    if (!done && lasted < LONGEST_PROBE) {
      return;
    }
    probeFailed = !done;
    nextProbe = now + Math.max(PROBE_PAUSE, PROBE_SHARE * lasted);
    since = now;
    probing = false;
    restart(now);
  }

  private void restart(long now) {
    took.set(0);
    expected.set(0);
    answers.set(0);
    unhindered.set(0);
    refused = false;
    windowEnd = now + WINDOW;
  }
}
