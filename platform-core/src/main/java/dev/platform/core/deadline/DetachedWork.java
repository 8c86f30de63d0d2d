package dev.platform.core.deadline;

import io.grpc.Context;
import java.util.function.Supplier;

/**
 * Work that must be done even if the caller has left or its time is over: to write down what has
 * happened, or to give back what was taken. It keeps the trace, and knows neither the deadline nor
 * the cancellation of the call, for what it calls as for its SQL. On the thread that calls it.
 */
public final class DetachedWork {

  private DetachedWork() {}

  /** Does work that has a result. */
  public static <T> T get(Supplier<T> work) {
    Context detached = Context.current().fork();
    Context before = detached.attach();
    try {
      return work.get();
    } finally {
      detached.detach(before);
    }
  }

  /** Does work without a result. */
  public static void run(Runnable work) {
    Context.current().fork().run(work);
  }
}
