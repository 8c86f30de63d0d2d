package dev.platform.core.concurrency;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.concurrency.ConcurrencyLimitSettings.Adaptive;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitInterleavingsTest {

  @Test
  void noMoreCallsThanTheLimitAreInFlightAndNoneIsLeft() {
    explore(() -> fill(ConcurrencyLimit.fixed(1), 1));
  }

  @Test
  void theSameHoldsForTheUpperBoundOfAnAdaptiveLimit() {
    explore(() -> fill(ConcurrencyLimit.adaptive(new Adaptive(1, 1, 1), () -> 0), 1));
  }

  private static void fill(ConcurrencyLimit limit, int most) {
    AtomicInteger inside = new AtomicInteger();
    Runnable call =
        () -> {
          int inFlight = limit.enter(1);
          if (inFlight > 0) {
            check(inFlight <= most, inFlight + " are in flight");
            check(inside.incrementAndGet() <= most, "too many are inside");
            inside.decrementAndGet();
            limit.leave();
          }
        };
    together(call, call, call);
    check(limit.inFlight() == 0, "in flight are still " + limit.inFlight());
    check(limit.enter(1) == 1, "the next call is refused");
  }

  /** Calls were refused, and answers took no longer than usual: the limit rises by a quarter. */
  @Test
  void aWindowChangesTheLimitOnceThoughManyCallsEndWithIt() {
    explore(
        () -> {
          AdaptiveLimit limit = new AdaptiveLimit(new Adaptive(100, 1, 1000), 0);
          UnhinderedTime method = new UnhinderedTime();
          for (int i = 0; i < 20; i++) {
            limit.sample(method, 0, 1, 1, true);
          }
          limit.refused();
          Runnable ends =
              () -> limit.sample(method, AdaptiveLimit.WINDOW, AdaptiveLimit.WINDOW + 1, 1, true);
          together(ends, ends);
          check(limit.limit() == 125, "the limit is " + limit.limit());
        });
  }
}
