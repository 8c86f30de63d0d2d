package dev.platform.core.concurrent;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter: each delay is random between half of a bound and the bound,
 * which doubles with each attempt. Not thread-safe.
 */
public final class Backoff {

  private static final long FIRST_MILLIS = 100;

  private final long maxMillis;
  private final RandomGenerator random;
  private int attempts;

  /** Delays of at most {@code max}. */
  public Backoff(Duration max, RandomGenerator random) {
    this.maxMillis = max.toMillis();
    this.random = random;
  }

  /** The next delay in milliseconds. */
  public long nextMillis() {
    long bound = Math.min(maxMillis, FIRST_MILLIS << Math.min(attempts, 20));
    attempts++;
    return bound / 2 + random.nextLong(bound / 2 + 1);
  }

  /** Starts over, after a success. */
  public void reset() {
    attempts = 0;
  }
}
