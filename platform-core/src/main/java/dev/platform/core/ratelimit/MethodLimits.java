package dev.platform.core.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Metadata;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The limits of one method, and its counters. Thread-safe. */
final class MethodLimits {

  private final @Nullable CallerLimits callers;
  private final Counter refusedToCaller;
  private final List<Counted> limiters;
  private final List<Shared> shared;
  private final Counter accepted;

  MethodLimits(
      @Nullable CallerLimits callers,
      Counter refusedToCaller,
      List<Counted> limiters,
      List<Shared> shared,
      Counter accepted) {
    this.callers = callers;
    this.refusedToCaller = refusedToCaller;
    this.limiters = List.copyOf(limiters);
    this.shared = List.copyOf(shared);
    this.accepted = accepted;
  }

  /** A limiter of this instance, with the calls that it refused. */
  record Counted(RateLimiter limiter, Counter refused) {}

  /** A limit of all instances, with the calls that it refused. */
  record Shared(SharedRateLimit limit, Counter refused) {}

  /**
   * Takes a permission from each limiter of this instance, the narrowest first: a caller over its
   * own limit takes nothing from others.
   *
   * @return the delay before a retry; null when the call may proceed
   */
  @Nullable Duration take(Metadata headers) {
    if (callers != null) {
      RateLimiter own = callers.of(headers);
      if (own.reservePermission() < 0) {
        refusedToCaller.increment();
        return Limiters.retryAfter(own);
      }
    }
    for (int i = 0; i < limiters.size(); i++) {
      Counted each = limiters.get(i);
      if (each.limiter.reservePermission() < 0) {
        each.refused.increment();
        return Limiters.retryAfter(each.limiter);
      }
    }
    return null;
  }

  boolean isShared() {
    return !shared.isEmpty();
  }

  /**
   * Then takes one from each shared limit; returns the nanoseconds until there is one, 0 when it
   * was taken.
   */
  CompletableFuture<Long> takeShared() {
    CompletableFuture<Long> wait = take(shared.get(0));
    for (int i = 1; i < shared.size(); i++) {
      Shared next = shared.get(i);
      wait =
          wait.thenCompose(
              before -> before > 0 ? CompletableFuture.completedFuture(before) : take(next));
    }
    return wait;
  }

  void accept() {
    accepted.increment();
  }

  private static CompletableFuture<Long> take(Shared shared) {
    return shared
        .limit
        .take()
        .thenApply(
            wait -> {
              if (wait > 0) {
                shared.refused.increment();
              }
              return wait;
            });
  }
}
