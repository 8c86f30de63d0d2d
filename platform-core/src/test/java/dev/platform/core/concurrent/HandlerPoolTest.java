package dev.platform.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandlerPoolTest {

  private final TestLoop loop = new TestLoop();
  private HandlerPool pool = new HandlerPool(4, Duration.ofMillis(50), loop);

  @AfterEach
  void stop() {
    pool.shutdown();
  }

  @Test
  void concurrencyIsBoundedByTheThreadsAndOtherTasksWait() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(10);
    AtomicInteger running = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      pool.execute(
          () -> {
            running.incrementAndGet();
            awaitQuietly(go);
            done.countDown();
          });
    }
    await().untilAsserted(() -> assertThat(running).hasValue(4));
    assertThat(pool.active()).isEqualTo(4);
    assertThat(pool.threads()).isEqualTo(4);
    assertThat(pool.queued()).isEqualTo(6);
    go.countDown();
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    await().until(() -> pool.active() == 0 && pool.queued() == 0);
  }

  /** The caller is told that its task does not run, so it must not run later. */
  @Test
  void aTaskWithoutAThreadIsRefusedAndForgotten() {
    AtomicBoolean full = new AtomicBoolean(true);
    ThreadFactory threads =
        task -> {
          if (full.get()) {
            throw new OutOfMemoryError("no thread");
          }
          return new Thread(task);
        };
    pool = new HandlerPool(4, Duration.ofMillis(50), EventLoops.NONE, threads);
    List<String> ran = Collections.synchronizedList(new ArrayList<>());

    assertThatThrownBy(() -> pool.execute(() -> ran.add("refused")))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(pool.queued()).isZero();
    full.set(false);
    pool.execute(() -> ran.add("accepted"));

    await().untilAsserted(() -> assertThat(ran).containsExactly("accepted"));
  }

  /** Three tasks block until a fourth one runs. */
  @Test
  void blockedTasksDoNotHoldOthersUp() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      pool.execute(() -> awaitQuietly(go));
    }
    pool.execute(go::countDown);
    assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void threadsOfABurstEndSoonAfterItAllButOne() {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      pool.execute(() -> awaitQuietly(go));
    }
    await().until(() -> pool.threads() == 4);
    go.countDown();
    await().until(() -> pool.threads() == 1);
    assertThat(pool.active()).isZero();

    // And others take their place.
    CountDownLatch again = new CountDownLatch(4);
    CountDownLatch all = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      pool.execute(
          () -> {
            again.countDown();
            awaitQuietly(again);
            all.countDown();
          });
    }
    awaitQuietly(all);
  }

  @Test
  void aTransportsThreadWakesOneThreadWhenItHasReadEverything() {
    loop.reads = true;
    CountDownLatch done = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      pool.execute(done::countDown);
    }
    assertThat(loop.later).hasSize(1);
    assertThat(pool.threads()).isZero();
    loop.hasRead();
    awaitQuietly(done);
  }

  @Test
  void itDoesNotWaitForTheEndOfMuch() {
    loop.reads = true;
    CountDownLatch done = new CountDownLatch(40);
    for (int i = 0; i < 40; i++) {
      pool.execute(done::countDown);
    }
    awaitQuietly(done);
    assertThat(loop.later).isNotEmpty();
    loop.hasRead();
  }

  @Test
  void anotherThreadsTasksDoNotWaitForIt() throws Exception {
    loop.reads = true;
    CountDownLatch done = new CountDownLatch(2);
    pool.execute(done::countDown);
    Thread other = new Thread(() -> pool.execute(done::countDown));
    other.start();
    other.join();
    awaitQuietly(done);
    loop.hasRead();
  }

  @Test
  void allTasksRunWhateverThreadsDo() throws Exception {
    int producers = 6;
    int each = 20_000;
    pool.shutdown();
    pool = new HandlerPool(8, Duration.ofNanos(20_000), loop);
    CountDownLatch done = new CountDownLatch(producers * each);
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      Random random = new Random(p);
      Thread producer =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  int kind = random.nextInt(1000);
                  pool.execute(
                      () -> {
                        if (kind == 0) {
                          LockSupport.parkNanos(100_000);
                        }
                        done.countDown();
                      });
                  if (kind > 990) {
                    // All threads become idle, and some end.
                    LockSupport.parkNanos(random.nextInt(100_000));
                  }
                }
              });
      threads.add(producer);
      producer.start();
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    for (Thread producer : threads) {
      producer.join();
    }
    await().until(() -> pool.active() == 0 && pool.threads() == 1);
  }

  @Test
  void aTaskThatThrowsEndsNoThreadAndAnInterruptedOneInterruptsNoOther() {
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    pool.shutdown();
    pool = new HandlerPool(1, Duration.ofSeconds(5), loop);
    pool.execute(
        () -> {
          Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
          throw new IllegalStateException("expected");
        });
    pool.execute(() -> Thread.currentThread().interrupt());
    pool.execute(() -> interrupted.set(Thread.currentThread().isInterrupted()));
    await().untilAsserted(() -> assertThat(interrupted).hasValue(false));
    assertThat(pool.threads()).isEqualTo(1);
  }

  @Test
  void afterItsEndItRunsWhatWaitsAndTakesNothingMore() {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(6);
    for (int i = 0; i < 6; i++) {
      pool.execute(
          () -> {
            awaitQuietly(go);
            done.countDown();
          });
    }
    pool.shutdown();
    assertThatThrownBy(() -> pool.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("the server's threads have ended");
    go.countDown();
    awaitQuietly(done);
    await().until(() -> pool.threads() == 0);
  }

  @Test
  void threadsHaveNamesAndTheApplicationsClassLoader() {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    pool.execute(() -> threads.add(Thread.currentThread()));
    await().until(() -> !threads.isEmpty());
    assertThat(threads.get(0).getName()).startsWith("grpc-server-");
    assertThat(threads.get(0).isDaemon()).isTrue();
    assertThat(threads.get(0).getContextClassLoader()).isSameAs(HandlerPool.class.getClassLoader());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The test's thread is a transport's, if it reads. */
  private static final class TestLoop implements EventLoops {

    private final Thread thread = Thread.currentThread();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private volatile boolean reads;

    @Override
    public boolean afterReading(Runnable work) {
      return reads && Thread.currentThread() == thread && later.add(work);
    }

    void hasRead() {
      reads = false;
      while (!later.isEmpty()) {
        later.pop().run();
      }
    }
  }
}
