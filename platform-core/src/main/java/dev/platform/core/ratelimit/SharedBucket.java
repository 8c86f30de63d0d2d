package dev.platform.core.ratelimit;

import java.util.concurrent.CompletableFuture;

/** A remote bucket that all instances take from. Thread-safe, never blocks. */
public interface SharedBucket {

  /**
   * Takes one permission.
   *
   * @return nanoseconds until there is one, 0 when it was taken; fails when the bucket does not
   *     answer
   */
  CompletableFuture<Long> take();

  /**
   * Takes up to this number of permissions, which were already used without asking. Fails when the
   * bucket does not answer.
   */
  CompletableFuture<?> settle(long permissions);
}
