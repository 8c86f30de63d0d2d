package dev.platform.core.ratelimit;

import dev.platform.core.instance.Printable;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A limit that all instances share. While the common bucket does not answer in time, this instance
 * enforces its local share of the limit, for longer each time if that happens repeatedly.
 * Thread-safe, never blocks.
 */
public final class SharedRateLimit {

  private static final Logger log = LoggerFactory.getLogger(SharedRateLimit.class);

  /**
   * The first connection of a cold process may take this number of probes before a warning is
   * logged.
   */
  private static final int PROBES_AT_START = 6;

  /** Consecutive successful probes after which an outage is forgotten. */
  private static final int PROBES_TO_FORGET = 20;

  /** The most consecutive probes that an unstable bucket must answer before it is used again. */
  private static final int MAX_PROBES_TO_SHARE = 16;

  private static final int MAX_PERIODS_TO_WAIT = 100;

  /** With a constant load of local calls there is always a rest; it is small after the first. */
  private static final int MAX_SETTLEMENTS = 2;

  private final String name;
  private final SharedBucket bucket;
  private final RateLimiterConfig config;
  private final DoubleSupplier share;
  private final Duration timeout;
  private final ScheduledExecutorService timer;
  private volatile State state = State.STARTING;
  private volatile Local local;
  private final AtomicLong takenLocally = new AtomicLong();
  // guarded by this
  private int probesAtStart;
  private int goodProbes;
  private int probesToShare = 1;

  /**
   * @param share the part of the limit that this instance enforces alone
   * @param timeout how long the bucket may take to answer
   * @param timer ends waiting for the bucket; not shut down here
   */
  public SharedRateLimit(
      String name,
      SharedBucket bucket,
      RateLimiterConfig config,
      DoubleSupplier share,
      Duration timeout,
      ScheduledExecutorService timer) {
    this.timer = timer;
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

  /** The local share of this instance. */
  private record Local(double share, RateLimiter limiter) {}

  /**
   * Takes one permission: from the common bucket, or from the local share when the bucket does not
   * answer within the timeout. Completes at once while the local share applies, and never
   * exceptionally.
   *
   * @return nanoseconds until there is one, 0 when it was taken
   */
  CompletableFuture<Long> take() {
    if (state != State.SHARED) {
      return CompletableFuture.completedFuture(takeAndRecord());
    }
    return inTime(asked(bucket::take))
        .handle(
            (wait, failure) -> {
              Throwable wrong = failure == null ? outOfRange(wait) : failure;
              if (wrong != null) {
                failed(wrong);
                return takeAndRecord();
              }
              if (wait == 0) {
                // Also taken from the local share: otherwise each short outage would permit another
                // burst.
                takeLocally();
              }
              return wait;
            });
  }

  /**
   * Checks whether the common bucket answers, and takes from it what was taken locally: it was
   * refilled meanwhile, and would permit one burst too many. Called periodically.
   */
  void probe() {
    settle(0);
  }

  /**
   * What was taken locally during a probe is settled, too, before the bucket is used again. Probes
   * may overlap: each settles its own part.
   */
  private void settle(int before) {
    long owed = claimDebt();
    inTime(asked(() -> bucket.settle(owed)))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                takenLocally.addAndGet(owed);
                failed(failure);
              } else if (takenLocally.get() > 0 && !isShared() && before < MAX_SETTLEMENTS) {
                settle(before + 1);
              } else {
                answered();
              }
            });
  }

  /** The bucket's state is data of others: reading it may fail in any way. */
  private static <T> CompletableFuture<? extends T> asked(
      Supplier<CompletableFuture<? extends T>> request) {
    try {
      return request.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Even a bucket that is far in debt is full again after some periods. */
  private @Nullable Throwable outOfRange(@Nullable Long wait) {
    long most = MAX_PERIODS_TO_WAIT * config.getLimitRefreshPeriod().toNanos();
    return wait != null && wait >= 0 && wait <= most
        ? null
        : new IllegalStateException("a wait of %s ns (expected: 0 to %d)".formatted(wait, most));
  }

  String name() {
    return name;
  }

  boolean isShared() {
    return state == State.SHARED;
  }

  private <T> CompletableFuture<T> inTime(CompletableFuture<? extends T> answer) {
    CompletableFuture<T> timely = answer.<T>thenApply(known -> known).copy();
    if (timely.isDone()) {
      return timely;
    }
    try {
      Future<?> expiry =
          timer.schedule(
              () -> timely.completeExceptionally(new TimeoutException()),
              timeout.toNanos(),
              TimeUnit.NANOSECONDS);
      timely.whenComplete((result, failure) -> expiry.cancel(false));
    } catch (RejectedExecutionException closed) {
      timely.completeExceptionally(closed);
    }
    return timely;
  }

  private synchronized void answered() {
    goodProbes++;
    if (state == State.SHARED) {
      if (goodProbes >= PROBES_TO_FORGET) {
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
      probesToShare = Math.min(2 * probesToShare, MAX_PROBES_TO_SHARE);
    }
    goodProbes = 0;
    if (state == State.SHARED || state == State.STARTING && ++probesAtStart == PROBES_AT_START) {
      state = State.LOCAL;
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      log.warn(
          "Redis does not answer within {}ms, until it does this instance enforces its local share"
              + " of the rate limit {}: {}",
          timeout.toMillis(),
          name,
          cause.getMessage() == null
              ? cause.getClass().getSimpleName()
              : cause.getClass().getSimpleName() + " " + Printable.of(cause.getMessage()));
    }
  }

  /** At most the local share of one burst: older permissions were refilled. */
  private long claimDebt() {
    int burst = local.limiter.getRateLimiterConfig().getLimitForPeriod();
    return Math.min(takenLocally.getAndSet(0), burst);
  }

  private long takeAndRecord() {
    long wait = takeLocally();
    if (wait == 0) {
      takenLocally.incrementAndGet();
    }
    return wait;
  }

  private long takeLocally() {
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

  private Local local(double share) {
    return new Local(share, RateLimiter.of(name, Limiters.part(config, share)));
  }
}
