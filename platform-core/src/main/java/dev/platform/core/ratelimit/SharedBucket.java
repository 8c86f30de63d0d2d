package dev.platform.core.ratelimit;

import java.util.concurrent.CompletableFuture;

/** A bucket somewhere else that all instances take from. Thread-safe, never blocks. */
public interface SharedBucket {

  /**
   * Takes one permission.
   *
   * @return nanoseconds until there is one, 0 when it was taken; fails when nobody answers
   */
  CompletableFuture<Long> take();

  /**
   * Takes as many as there are of so many permissions, which were given out already without asking.
   * Fails unless whoever has the bucket answers.
   */
  CompletableFuture<?> settle(long permissions);
}
