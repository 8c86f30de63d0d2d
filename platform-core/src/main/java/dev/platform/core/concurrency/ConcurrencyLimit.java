package dev.platform.core.concurrency;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts calls in flight against a limit. Thread-safe, never blocks. */
public final class ConcurrencyLimit implements MeterBinder {

  /** The library's minimum: a limit that moves only once a second reacts too late. */
  private static final long WINDOW_MILLIS = 100;

  /** With the library's 0.2 and a queue of 4, the limit takes ten seconds to recover. */
  private static final double SMOOTHING = 0.5;

  private static final int MIN_QUEUE_SIZE = 4;

  private final Limit limit;
  private final @Nullable AdaptiveLimit adaptive;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * @param limit without effect beside {@code adaptive}
   */
  private ConcurrencyLimit(Limit limit, @Nullable AdaptiveLimit adaptive) {
    this.limit = limit;
    this.adaptive = adaptive;
  }

  public static ConcurrencyLimit fixed(int limit) {
    return new ConcurrencyLimit(FixedLimit.of(limit), null);
  }

  /** Netflix's limit, which falls while calls take longer than they did in the last minute. */
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
                    .build()),
        null);
  }

  /**
   * A limit that follows what the server can do at once.
   *
   * @param nanoTime monotonic time, the same as that of the calls
   */
  public static ConcurrencyLimit adaptive(Adaptive bounds, LongSupplier nanoTime) {
    return new ConcurrencyLimit(
        FixedLimit.of(bounds.initialLimit()), new AdaptiveLimit(bounds, nanoTime.getAsLong()));
  }

  /**
   * Admits a call, if this part of the limit is not yet in use.
   *
   * @return the number of calls in flight, this one included; 0 when it is not admitted
   */
  int enter(double share) {
    long allowed =
        adaptive == null
            ? Math.max(1, Math.round(limit.getLimit() * share))
            : adaptive.allowed(share);
    while (true) {
      int now = inFlight.get();
      if (now >= allowed) {
        if (adaptive != null) {
          adaptive.refused();
        }
        return 0;
      }
      if (inFlight.compareAndSet(now, now + 1)) {
        if (adaptive != null) {
          adaptive.admitted(now + 1);
        }
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
   * @param method how long its method takes unhindered
   * @param beganAt when its handler began
   * @param inFlightAtStart what {@link #enter} returned
   * @param isAnswer whether it was answered with OK; else it timed out
   */
  void sample(
      UnhinderedTime method, long beganAt, long now, int inFlightAtStart, boolean isAnswer) {
    if (adaptive == null) {
      limit.onSample(beganAt, now - beganAt, inFlightAtStart, !isAnswer);
    } else {
      adaptive.sample(method, beganAt, now, inFlightAtStart, isAnswer);
    }
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
    return adaptive == null ? limit.getLimit() : adaptive.limit();
  }

  public int inFlight() {
    return inFlight.get();
  }
}
