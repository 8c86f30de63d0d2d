package dev.platform.core.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A limit of all instances together. While their common bucket does not answer in time, this
 * instance keeps to its own share of the limit, and for longer each time when that happens again
 * and again. Thread-safe, never blocks.
 */
public final class SharedRateLimit {

  private static final Logger log = LoggerFactory.getLogger(SharedRateLimit.class);

  /** A first connection in a cold process may take so many probes before anybody is told. */
  private static final int PROBES_AT_START = 6;

  /** So many good probes in a row and an outage is forgotten. */
  private static final int STEADY_PROBES = 20;

  /** A bucket that comes and goes has to answer so many probes in a row, in the end. */
  private static final int MOST_PROBES = 16;

  private final String name;
  private final SharedBucket bucket;
  private final RateLimiterConfig config;
  private final DoubleSupplier share;
  private final Duration timeout;
  private volatile State state = State.STARTING;
  private volatile Local local;
  private final AtomicLong takenAlone = new AtomicLong();
  // guarded by this
  private int probesAtStart;
  private int goodProbes;
  private int probesToShare = 1;

  public SharedRateLimit(
      String name,
      SharedBucket bucket,
      RateLimiterConfig config,
      DoubleSupplier share,
      Duration timeout) {
    this.name = name;
    this.bucket = bucket;
    this.config = config;
    this.share = share;
    this.timeout = timeout;
    this.local = local(share.getAsDouble());
  }

  private enum State {
    STARTING,
    SHARED,
    LOCAL
  }

  /** What this instance may take by itself. */
  private record Local(double share, RateLimiter limiter) {}

  /**
   * Takes one permission: from the common bucket, or from the own share when that does not answer
   * within the timeout. Completes at once where nobody has to be asked, and never exceptionally.
   *
   * @return nanoseconds until there is one, 0 when it was taken
   */
  CompletableFuture<Long> take() {
    if (state != State.SHARED) {
      return CompletableFuture.completedFuture(takeAlone());
    }
    return inTime(bucket.take())
        .handle(
            (wait, failure) -> {
              if (failure != null) {
                failed(failure);
                return takeAlone();
              }
              if (wait == 0) {
                // What was taken from the common bucket is gone from the own share, too. Otherwise
                // each short outage would grant a burst of its own.
                takeLocal();
              }
              return wait;
            });
  }

  /**
   * Finds out whether the common bucket answers, and takes from it what was taken without it: that
   * was refilled meanwhile, and would be one burst too many. Called now and then.
   */
  void probe() {
    long owed = owed();
    inTime(bucket.settle(owed))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                takenAlone.addAndGet(-owed);
                answered();
              } else {
                failed(failure);
              }
            });
  }

  String name() {
    return name;
  }

  boolean isShared() {
    return state == State.SHARED;
  }

  private <T> CompletableFuture<T> inTime(CompletableFuture<T> answer) {
    return answer.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private synchronized void answered() {
    goodProbes++;
    if (state == State.SHARED) {
      if (goodProbes >= STEADY_PROBES) {
        probesToShare = 1;
      }
    } else if (goodProbes >= probesToShare) {
      state = State.SHARED;
      goodProbes = 0;
      log.info("The instances share the rate limit {} through Redis", name);
    }
  }

  private synchronized void failed(Throwable failure) {
    if (state == State.SHARED) {
      probesToShare = Math.min(2 * probesToShare, MOST_PROBES);
    }
    goodProbes = 0;
    if (state == State.SHARED || state == State.STARTING && ++probesAtStart == PROBES_AT_START) {
      state = State.LOCAL;
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      log.warn(
          "Redis does not answer within {}ms, until it does this instance keeps to its own share"
              + " of the rate limit {}: {}",
          timeout.toMillis(),
          name,
          cause.toString());
    }
  }

  /** Not more than the share of one burst: what is older was refilled. */
  private long owed() {
    int burst = local.limiter.getRateLimiterConfig().getLimitForPeriod();
    return takenAlone.updateAndGet(taken -> Math.min(taken, burst));
  }

  private long takeAlone() {
    long wait = takeLocal();
    if (wait == 0) {
      takenAlone.incrementAndGet();
    }
    return wait;
  }

  private long takeLocal() {
    double now = share.getAsDouble();
    Local known = local;
    if (known.share != now) {
      known = local(now);
      local = known;
    }
    return known.limiter.reservePermission() >= 0
        ? 0
        : Limiters.retryAfter(known.limiter).toNanos();
  }

  /** Rounded down, for a period that makes up for it: no share is rounded to nothing. */
  private Local local(double share) {
    double exact = config.getLimitForPeriod() * share;
    int limit = Math.max(1, (int) exact);
    long period = (long) (config.getLimitRefreshPeriod().toNanos() * limit / exact);
    return new Local(
        share,
        RateLimiter.of(
            name,
            RateLimiterConfig.from(config)
                .limitForPeriod(limit)
                .limitRefreshPeriod(Duration.ofNanos(period))
                .timeoutDuration(Duration.ZERO)
                .build()));
  }
}
