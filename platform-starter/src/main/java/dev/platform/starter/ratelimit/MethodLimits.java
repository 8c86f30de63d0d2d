package dev.platform.starter.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Metadata;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The limits of one method, and its counters. Thread-safe. */
final class MethodLimits {

  private final @Nullable CallerLimits callers;
  private final Counter refusedToCaller;
  private final List<Counted> limiters;
  private final Counter accepted;

  MethodLimits(
      @Nullable CallerLimits callers,
      Counter refusedToCaller,
      List<Counted> limiters,
      Counter accepted) {
    this.callers = callers;
    this.refusedToCaller = refusedToCaller;
    this.limiters = List.copyOf(limiters);
    this.accepted = accepted;
  }

  /** A limiter with the calls that it refused. */
  record Counted(RateLimiter limiter, Counter refused) {}

  /**
   * Takes a permission from each limiter, the narrowest first: a caller who is over his own limit
   * takes nothing from others.
   *
   * @return the limiter that has none left, null when the call may go on
   */
  @Nullable RateLimiter take(Metadata headers) {
    if (callers != null) {
      RateLimiter own = callers.of(headers);
      if (own.reservePermission() < 0) {
        refusedToCaller.increment();
        return own;
      }
    }
    for (int i = 0; i < limiters.size(); i++) {
      Counted each = limiters.get(i);
      if (each.limiter.reservePermission() < 0) {
        each.refused.increment();
        return each.limiter;
      }
    }
    accepted.increment();
    return null;
  }
}
