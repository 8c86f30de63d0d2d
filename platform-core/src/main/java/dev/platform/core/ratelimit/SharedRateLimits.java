package dev.platform.core.ratelimit;

import dev.platform.core.concurrent.Threads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The shared limits by the names of their limiters, and their threads. */
public final class SharedRateLimits implements MeterBinder, AutoCloseable {

  private static final long PROBE_PAUSE_MILLIS = 500;

  private final Map<String, SharedRateLimit> limits;
  private final @Nullable AutoCloseable connection;
  private final ScheduledExecutorService timer;
  private final ExecutorService executor;

  /**
   * @param connection closed with this
   * @param timer probes the buckets; shut down with this
   * @param executor runs calls that had to wait for a bucket; shut down with this
   */
  public SharedRateLimits(
      Map<String, SharedRateLimit> limits,
      @Nullable AutoCloseable connection,
      ScheduledExecutorService timer,
      ExecutorService executor) {
    this.limits = Map.copyOf(limits);
    this.connection = connection;
    this.timer = timer;
    this.executor = executor;
  }

  /** No shared limits; the threads have no work. */
  public static SharedRateLimits none(Threads threads) {
    return new SharedRateLimits(
        Map.of(),
        null,
        threads.timer("platform-rate-limit"),
        threads.workers("platform-rate-limit-"));
  }

  /** Starts to probe the shared buckets; until one answers its limit is local. */
  public void start() {
    limits
        .values()
        .forEach(
            limit ->
                timer.scheduleWithFixedDelay(
                    limit::probe, 0, PROBE_PAUSE_MILLIS, TimeUnit.MILLISECONDS));
  }

  @Nullable SharedRateLimit of(String limiter) {
    return limits.get(limiter);
  }

  /** Runs calls that had to wait for a bucket: handlers may block. */
  public Executor executor() {
    return executor;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (SharedRateLimit limit : limits.values()) {
      Gauge.builder("platform.rate.limit.shared", limit, known -> known.isShared() ? 1 : 0)
          .tag("limiter", limit.name())
          .description("1 while the instances share the limit through Redis")
          .register(meters);
    }
  }

  @Override
  public void close() throws Exception {
    timer.shutdownNow();
    executor.shutdown();
    if (connection != null) {
      connection.close();
    }
  }
}
