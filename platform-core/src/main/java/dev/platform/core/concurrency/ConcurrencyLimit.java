package dev.platform.core.concurrency;

import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts calls in flight against a limit. Thread-safe, never blocks. */
public final class ConcurrencyLimit implements MeterBinder {

  private final int fixed;
  private final @Nullable AdaptiveLimit adaptive;
  private final AtomicInteger inFlight = new AtomicInteger();

  private ConcurrencyLimit(int fixed, @Nullable AdaptiveLimit adaptive) {
    this.fixed = fixed;
    this.adaptive = adaptive;
  }

  public static ConcurrencyLimit fixed(int limit) {
    return new ConcurrencyLimit(limit, null);
  }

  /**
   * A limit that follows what the server can do at once.
   *
   * @param nanoTime monotonic time, the same as that of the calls
   */
  public static ConcurrencyLimit adaptive(Adaptive bounds, LongSupplier nanoTime) {
    return new ConcurrencyLimit(0, new AdaptiveLimit(bounds, nanoTime.getAsLong()));
  }

  /**
   * Admits a call, if this part of the limit is not yet in use.
   *
   * @return the number of calls in flight, this one included; 0 when it is not admitted
   */
  int enter(double share) {
    long allowed =
        adaptive == null ? Math.max(1, Math.round(fixed * share)) : adaptive.allowed(share);
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
    if (adaptive != null) {
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
    return adaptive == null ? fixed : adaptive.limit();
  }

  public int inFlight() {
    return inFlight.get();
  }
}
