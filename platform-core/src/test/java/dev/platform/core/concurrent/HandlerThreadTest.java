package dev.platform.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandlerThreadTest {

  private final ForkJoinPool pool = HandlerThread.pool(4);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  @Test
  void concurrencyIsBoundedByTheThreadsAndOtherHandlersWait() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      pool.execute(
          () -> {
            running.incrementAndGet();
            awaitQuietly(go);
            done.countDown();
          });
    }

    await().untilAsserted(() -> assertThat(running).hasValue(4));
    await().during(200, TimeUnit.MILLISECONDS).until(() -> running.get() == 4);
    go.countDown();
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** Three handlers block until a fourth task runs on the same pool. */
  @Test
  void blockedHandlersDoNotBlockOtherThreads() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      pool.execute(() -> awaitQuietly(go));
    }
    pool.execute(go::countDown);

    assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void threadsOfABurstEndSoonAfterIt() {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      pool.execute(() -> awaitQuietly(go));
    }
    await().until(() -> pool.getPoolSize() == 4);

    go.countDown();

    await().atMost(30, TimeUnit.SECONDS).until(() -> pool.getPoolSize() <= 1);
  }

  @Test
  void threadsHaveNamesAndTheApplicationsClassLoader() throws Exception {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(1);
    pool.execute(
        () -> {
          threads.add(Thread.currentThread());
          done.countDown();
        });

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(threads.get(0).getName()).startsWith("grpc-server-");
    assertThat(threads.get(0).getContextClassLoader())
        .isSameAs(HandlerThread.class.getClassLoader());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
