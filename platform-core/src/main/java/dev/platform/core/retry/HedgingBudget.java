package dev.platform.core.retry;

import dev.platform.core.retry.RetrySettings.Budget;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the hedges of one channel. gRPC's own budget counts failed attempts only: if a server is
 * merely slow, it would get all calls twice and become slower. Thread-safe, never blocks.
 */
final class HedgingBudget {

  private static final int TOKEN = 1000;

  private final int full;
  private final int returned;
  private final AtomicInteger left;

  HedgingBudget(Budget budget) {
    this.full = budget.tokens() * TOKEN;
    this.returned = (int) (budget.ratio() * TOKEN);
    this.left = new AtomicInteger(full);
  }

  /** Whether more than half of the tokens are left; with half or less there are no hedges. */
  boolean allowsMore() {
    return left.get() > full / 2;
  }

  /** A hedge was sent: takes a token. */
  void hedged() {
    left.getAndUpdate(now -> Math.max(0, now - TOKEN));
  }

  /** A call succeeded, with any number of attempts: returns a part of a token. */
  void answered() {
    if (left.get() < full) {
      left.getAndUpdate(now -> Math.min(full, now + returned));
    }
  }
}
