package dev.platform.core.ratelimit;

import java.util.concurrent.CompletableFuture;

/** Gives tests of rate limit buckets access to a {@link SharedRateLimit}. */
public final class SharedTaking {

  private SharedTaking() {}

  public static CompletableFuture<Long> take(SharedRateLimit limit) {
    return limit.take();
  }

  public static boolean isShared(SharedRateLimit limit) {
    return limit.isShared();
  }
}
