package dev.platform.core.concurrent;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import io.grpc.internal.SerializingExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread of the pool may end at any time here: its wait may end early. */
class HandlerPoolInterleavingsTest {

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  @Test
  void eachTaskRunsOnceThoughThreadsComeAndGo() {
    explore(
        () -> {
          HandlerPool pool = new HandlerPool(2, KEEP_ALIVE, EventLoops.NONE);
          CountDownLatch done = new CountDownLatch(3);
          AtomicInteger runs = new AtomicInteger();
          Runnable task =
              () -> {
                runs.incrementAndGet();
                done.countDown();
              };
          together(
              () -> {
                pool.execute(task);
                pool.execute(task);
              },
              () -> pool.execute(task));
          await(done);
          pool.shutdown();
          check(runs.get() == 3, "not each once: " + runs);
        });
  }

  @Test
  void aTaskThatIsAcceptedDuringTheShutdownRuns() {
    explore(
        () -> {
          HandlerPool pool = new HandlerPool(1, KEEP_ALIVE, EventLoops.NONE);
          CountDownLatch first = new CountDownLatch(1);
          CountDownLatch second = new CountDownLatch(1);
          pool.execute(first::countDown);
          together(
              () -> {
                try {
                  pool.execute(second::countDown);
                } catch (RejectedExecutionException expected) {
                  second.countDown();
                }
              },
              pool::shutdown);
          await(first);
          await(second);
        });
  }

  @Test
  void aTaskThatBlocksHoldsNoOtherUpWhileThereMayBeAnotherThread() {
    explore(
        () -> {
          HandlerPool pool = new HandlerPool(2, KEEP_ALIVE, EventLoops.NONE);
          CountDownLatch go = new CountDownLatch(1);
          pool.execute(() -> await(go));
          // Needs the second thread, which becomes idle after it, and may end.
          CountDownLatch idle = new CountDownLatch(1);
          pool.execute(idle::countDown);
          await(idle);
          pool.execute(go::countDown);
          await(go);
          pool.shutdown();
        });
  }

  @Test
  void aWakeUpThatAnEventLoopDefersIsNotLost() {
    explore(
        () -> {
          Loop loop = new Loop();
          HandlerPool pool = new HandlerPool(2, KEEP_ALIVE, loop);
          CountDownLatch done = new CountDownLatch(3);
          together(
              () ->
                  loop.read(
                      () -> {
                        pool.execute(done::countDown);
                        pool.execute(done::countDown);
                      }),
              () -> pool.execute(done::countDown));
          await(done);
          pool.shutdown();
        });
  }

  @Test
  void twoEventLoopsThatReadAtOnceLoseNoTask() {
    explore(
        () -> {
          Loop one = new Loop();
          Loop other = new Loop();
          HandlerPool pool =
              new HandlerPool(
                  1, KEEP_ALIVE, work -> one.afterReading(work) || other.afterReading(work));
          CountDownLatch done = new CountDownLatch(2);
          together(
              () -> one.read(() -> pool.execute(done::countDown)),
              () -> other.read(() -> pool.execute(done::countDown)));
          await(done);
          pool.shutdown();
        });
  }

  @Test
  void tasksOfOneSerializingExecutorRunInTheirOrderAndOneAtATime() {
    explore(
        () -> {
          HandlerPool pool = new HandlerPool(2, KEEP_ALIVE, EventLoops.NONE);
          SerializingExecutor call = new SerializingExecutor(pool);
          CountDownLatch done = new CountDownLatch(2);
          // Only the executor makes it safe.
          StringBuilder order = new StringBuilder();
          call.execute(
              () -> {
                order.append('a');
                done.countDown();
              });
          call.execute(
              () -> {
                order.append('b');
                done.countDown();
              });
          await(done);
          pool.shutdown();
          check(order.toString().equals("ab"), "in the order " + order);
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The current thread while it reads, and what it does after that. */
  private static final class Loop implements EventLoops {

    private final Deque<Runnable> later = new ArrayDeque<>();
    private volatile Thread reader;

    @Override
    public boolean afterReading(Runnable work) {
      return reader == Thread.currentThread() && later.add(work);
    }

    void read(Runnable tasks) {
      reader = Thread.currentThread();
      tasks.run();
      while (!later.isEmpty()) {
        later.pop().run();
      }
      reader = null;
    }
  }
}
