package dev.platform.core.deadline;

import dev.platform.core.identity.CallerIdentity;
import io.grpc.Context;
import java.util.function.Supplier;

/**
 * Runs work that must be done even if the caller has cancelled or the deadline has passed: to
 * record what has happened, or to release what was reserved. The work keeps the trace. Deadline and
 * cancellation of the call apply neither to its calls nor to its SQL. It is done for the workload
 * that made the call, and no longer for the user: its calls carry no token. Runs on the calling
 * thread.
 */
public final class DetachedWork {

  private DetachedWork() {}

  /** Runs work and returns its result. */
  public static <T> T get(Supplier<T> work) {
    Context detached = detached();
    Context before = detached.attach();
    try {
      return work.get();
    } finally {
      detached.detach(before);
    }
  }

  /** Runs work without a result. */
  public static void run(Runnable work) {
    detached().run(work);
  }

  private static Context detached() {
    Context detached = Context.current().fork();
    CallerIdentity caller = CallerIdentity.in(detached);
    CallerIdentity workload = caller.workloadOnly();
    return workload == caller ? detached : workload.attachedTo(detached);
  }
}
