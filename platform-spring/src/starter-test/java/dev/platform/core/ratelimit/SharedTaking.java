package dev.platform.core.ratelimit;

import java.util.concurrent.CompletableFuture;

/** What a server does with a {@link SharedRateLimit}, for tests of the buckets behind it. */
public final class SharedTaking {

  private SharedTaking() {}

  public static CompletableFuture<Long> take(SharedRateLimit limit) {
    return limit.take();
  }

  public static boolean isShared(SharedRateLimit limit) {
    return limit.isShared();
  }
}
