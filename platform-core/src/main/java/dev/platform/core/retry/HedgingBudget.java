package dev.platform.core.retry;

import dev.platform.core.retry.RetrySettings.Budget;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many hedges one channel may make. gRPC's own budget counts failures; a callee that is only
 * slow would get all calls twice, until it is slower still. Thread-safe, never blocks.
 */
final class HedgingBudget {

  private static final int TOKEN = 1000;

  private final int full;
  private final int part;
  private final AtomicInteger left;

  HedgingBudget(Budget budget) {
    this.full = budget.tokens() * TOKEN;
    this.part = (int) (budget.ratio() * TOKEN);
    this.left = new AtomicInteger(full);
  }

  /** Whether more than half of it is there. */
  boolean allowsMore() {
    return left.get() > full / 2;
  }

  /** A call was made once more. */
  void hedged() {
    left.getAndUpdate(now -> Math.max(0, now - TOKEN));
  }

  /** A call ended well, however often it was made. */
  void answered() {
    if (left.get() < full) {
      left.getAndUpdate(now -> Math.min(full, now + part));
    }
  }
}
