package dev.platform.starter.test.etcd;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The threads that read and write sockets. Blocking them makes the server as silent as a stopped
 * process: the kernel still accepts connections and bytes, but nothing reads them.
 */
final class FreezableLoops {

  private final List<Executor> loops;
  private @Nullable CountDownLatch held; // guarded by this

  FreezableLoops(List<Executor> loops) {
    this.loops = List.copyOf(loops);
  }

  /** Returns once all loops are blocked. */
  synchronized void freeze() {
    if (held != null) {
      return;
    }
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(loops.size());
    for (Executor loop : loops) {
      loop.execute(
          () -> {
            entered.countDown();
            awaitUninterruptibly(release);
          });
    }
    held = release;
    awaitUninterruptibly(entered);
  }

  synchronized void thaw() {
    if (held != null) {
      held.countDown();
      held = null;
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
