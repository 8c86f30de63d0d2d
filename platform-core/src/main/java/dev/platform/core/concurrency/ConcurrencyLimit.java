package dev.platform.core.concurrency;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many calls there are, and how many there may be. Thread-safe, never blocks. */
public final class ConcurrencyLimit {

  /** The library's shortest: a limit that moves once a second comes too late. */
  private static final long WINDOW_MILLIS = 100;

  /** With the library's 0.2 and a queue of 4, it takes ten seconds to be back after a bad one. */
  private static final double SMOOTHING = 0.5;

  private static final int LEAST_GROWTH = 4;

  private final Limit limit;
  private final AtomicInteger inFlight = new AtomicInteger();

  private ConcurrencyLimit(Limit limit) {
    this.limit = limit;
  }

  public static ConcurrencyLimit fixed(int limit) {
    return new ConcurrencyLimit(FixedLimit.of(limit));
  }

  public static ConcurrencyLimit gradient2(Gradient2 bounds) {
    return new ConcurrencyLimit(
        WindowedLimit.newBuilder()
            .minWindowTime(WINDOW_MILLIS, TimeUnit.MILLISECONDS)
            .maxWindowTime(WINDOW_MILLIS, TimeUnit.MILLISECONDS)
            .build(
                Gradient2Limit.newBuilder()
                    .initialLimit(bounds.initialLimit())
                    .minLimit(bounds.minLimit())
                    .maxConcurrency(bounds.maxLimit())
                    .smoothing(SMOOTHING)
                    .queueSize(limit -> Math.max(LEAST_GROWTH, limit / 10))
                    .build()));
  }

  /**
   * Takes a place, if this part of the limit is not yet full.
   *
   * @return how many calls there are now with this one; 0 when it found no place
   */
  int enter(double share) {
    long allowed = Math.max(1, Math.round(limit.getLimit() * share));
    while (true) {
      int now = inFlight.get();
      if (now >= allowed) {
        return 0;
      }
      if (inFlight.compareAndSet(now, now + 1)) {
        return now + 1;
      }
    }
  }

  /** Gives a place back. */
  void leave() {
    inFlight.decrementAndGet();
  }

  /**
   * Tells how long a call took.
   *
   * @param inFlightAtStart what {@link #enter} returned
   * @param dropped whether it was given up, for taking too long
   */
  void sample(long startNanos, long endNanos, int inFlightAtStart, boolean dropped) {
    limit.onSample(startNanos, endNanos - startNanos, inFlightAtStart, dropped);
  }

  public int limit() {
    return limit.getLimit();
  }

  public int inFlight() {
    return inFlight.get();
  }
}
