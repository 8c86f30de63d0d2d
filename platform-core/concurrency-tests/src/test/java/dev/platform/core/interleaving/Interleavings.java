package dev.platform.core.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckSettings;

/**
 * Repeats a scenario under many interleavings of its threads. Lincheck chooses where threads are
 * switched, at accesses to memory that they share; a failure comes with the steps that lead to it.
 * All in a scenario must be made by it, and all of its threads must end. A scenario that can't go
 * on, since each of its threads waits, has failed. Memory is sequentially consistent here, and the
 * JDK's collections are taken for correct.
 */
public final class Interleavings {

  private static final int COUNT = Integer.getInteger("platform.concurrency.iterations", 30);

  /** So many repetitions without Lincheck cost as much as one with it, or less. */
  private static final int STRESS = 20;

  /** Histograms have hundreds of buckets; by default a longer loop counts as one without an end. */
  private static final int LOOP_BOUND = 2000;

  private static final LincheckSettings SETTINGS = settings();

  private Interleavings() {}

  /** Runs the scenario under so many interleavings as are configured. */
  public static void explore(Runnable scenario) {
    // The public method has no settings.
    Lincheck.INSTANCE.runConcurrentTestInternal$lincheck(COUNT, SETTINGS, scenario);
  }

  /** For what Lincheck can't follow: the scheduler decides, so the scenario is repeated often. */
  public static void stress(Runnable scenario) {
    for (int i = 0; i < COUNT * STRESS; i++) {
      scenario.run();
    }
  }

  /** Runs these at the same time, each in a thread of its own, and waits for their end. */
  public static void together(Runnable... tasks) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Runnable task : tasks) {
      threads.add(
          new Thread(
              () -> {
                try {
                  task.run();
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      join(thread);
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  /** The same for {@link #stress}: they begin at the same moment. */
  public static void collide(Runnable... tasks) {
    AtomicInteger missing = new AtomicInteger(tasks.length);
    Runnable[] colliding = new Runnable[tasks.length];
    for (int i = 0; i < tasks.length; i++) {
      Runnable task = tasks[i];
      colliding[i] =
          () -> {
            missing.decrementAndGet();
            while (missing.get() > 0) {
              Thread.yield();
            }
            task.run();
          };
    }
    together(colliding);
  }

  /** Fails unless this is so. Plain: an assertion library would be explored, too. */
  public static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private static LincheckSettings settings() {
    LincheckSettings usual = new LincheckSettings();
    return new LincheckSettings(
        false, usual.getLoopIterationsBeforeThreadSwitch(), LOOP_BOUND, usual.getRecursionBound());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
