package dev.platform.core.concurrency;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts calls in flight against a limit. Thread-safe, never blocks. */
public final class ConcurrencyLimit implements MeterBinder {

  /** The library's minimum: a limit that moves only once a second reacts too late. */
  private static final long WINDOW_MILLIS = 100;

  /** With the library's 0.2 and a queue of 4, the limit takes ten seconds to recover. */
  private static final double SMOOTHING = 0.5;

  private static final int MIN_QUEUE_SIZE = 4;

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
                    .queueSize(limit -> Math.max(MIN_QUEUE_SIZE, limit / 10))
                    .build()));
  }

  /**
   * Admits a call, if this part of the limit is not yet in use.
   *
   * @return the number of calls in flight, this one included; 0 when it is not admitted
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

  /** An admitted call has ended. */
  void leave() {
    inFlight.decrementAndGet();
  }

  /**
   * Reports how long a call took.
   *
   * @param inFlightAtStart what {@link #enter} returned
   * @param dropped whether it timed out
   */
  void sample(long startNanos, long endNanos, int inFlightAtStart, boolean dropped) {
    limit.onSample(startNanos, endNanos - startNanos, inFlightAtStart, dropped);
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    Gauge.builder("platform.concurrency.limit", this, ConcurrencyLimit::limit)
        .description("The concurrency limit of unary calls")
        .register(meters);
    Gauge.builder("platform.concurrency.in.flight", this, ConcurrencyLimit::inFlight)
        .description("Unary calls in flight that count towards the limit")
        .register(meters);
  }

  public int limit() {
    return limit.getLimit();
  }

  public int inFlight() {
    return inFlight.get();
  }
}
