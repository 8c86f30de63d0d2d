package dev.platform.core.deadline;

import io.grpc.Context;
import java.util.function.Supplier;

/**
 * Runs work that must be done even if the caller has cancelled or the deadline has passed: to
 * record what has happened, or to release what was reserved. The work keeps the trace. Deadline and
 * cancellation of the call apply neither to its calls nor to its SQL. Runs on the calling thread.
 */
public final class DetachedWork {

  private DetachedWork() {}

  /** Runs work and returns its result. */
  public static <T> T get(Supplier<T> work) {
    Context detached = Context.current().fork();
    Context before = detached.attach();
    try {
      return work.get();
    } finally {
      detached.detach(before);
    }
  }

  /** Runs work without a result. */
  public static void run(Runnable work) {
    Context.current().fork().run(work);
  }
}
