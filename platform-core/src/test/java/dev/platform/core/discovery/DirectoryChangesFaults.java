package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.concurrent.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs on an embedded and on a real etcd. */
abstract class DirectoryChangesFaults extends WatchedDirectory {

  private final AtomicInteger calls = new AtomicInteger();
  private final HeldTimer timer = new HeldTimer();
  private final VirtualThreads threads =
      new VirtualThreads() {
        @Override
        public ScheduledExecutorService timer(String name) {
          return timer;
        }
      };
  private DirectoryChanges changes;

  @BeforeEach
  void follow() {
    changes = new DirectoryChanges(directory, threads, threads::nanoTime, calls::incrementAndGet);
    changes.start();
  }

  @AfterEach
  void stop() {
    changes.close();
    timer.shutdownNow();
  }

  @Test
  void changesWithinASecondAreOneCallAtItsEnd() throws Exception {
    add(1);
    awaitPorts(1);
    timer.next().run();
    assertThat(calls).hasValue(1);

    threads.move(Duration.ofMillis(300));
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    Held second = timer.next();
    assertThat(second.delay()).isEqualTo(Duration.ofMillis(700));
    assertThat(timer.isEmpty()).as("further changes are part of it").isTrue();

    threads.move(Duration.ofMillis(700));
    second.run();
    assertThat(calls).hasValue(2);
    threads.move(Duration.ofSeconds(5));
    add(4);
    assertThat(timer.next().delay()).isZero();
  }

  @Test
  void aListThatIsReadAgainWithoutChangesIsNone() throws Exception {
    add(1);
    awaitPorts(1);
    timer.next().run();

    etcd().stop();
    etcd().start();
    await().until(() -> directory.isFollowing("a"));
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    await().until(() -> directory.latest("b").instances().size() == 1);
    timer.next().run();
    assertThat(timer.isEmpty()).isTrue();
  }

  @Test
  void servicesAppearAndDisappearWithTheirFirstAndLastInstance() throws Exception {
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).isEmpty();
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    timer.next().run();
    etcd().put("/services/b/127.0.0.1:2", "127.0.0.1:2");
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    etcd().delete("/services/b/127.0.0.1:1");
    etcd().put("/services/c/127.0.0.1:1", "127.0.0.1:1");
    timer.next().run();
    assertThat(timer.isEmpty()).as("b still has an instance").isTrue();
    etcd().delete("/services/b/127.0.0.1:2");
    timer.next().run();
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).containsExactly("c");
  }

  @Test
  void servicesThatAppearWhileEtcdIsUnreachableAreNoticedAfterwards() throws Exception {
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).isEmpty();
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    timer.next().run();
    etcd().stop();
    etcd().start();
    etcd().put("/services/c/127.0.0.1:1", "127.0.0.1:1");
    timer.next().run();
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).containsExactly("b", "c");
  }

  @Test
  void nothingIsCalledAfterTheEnd() throws Exception {
    add(1);
    awaitPorts(1);
    Held first = timer.next();
    changes.close();
    first.run();
    assertThat(calls).hasValue(0);
  }

  private record Held(Runnable task, Duration delay) {
    void run() {
      task.run();
    }
  }

  /** Runs nothing by itself. */
  private static final class HeldTimer extends ScheduledThreadPoolExecutor {

    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();

    HeldTimer() {
      super(1);
    }

    /** Waits for the next task. */
    Held next() throws InterruptedException {
      Held next = held.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("a scheduled task").isNotNull();
      return next;
    }

    boolean isEmpty() {
      return held.isEmpty();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      held.add(new Held(task, Duration.ofNanos(unit.toNanos(delay))));
      Callable<Void> nothing = () -> null;
      return super.schedule(nothing, 0, TimeUnit.NANOSECONDS);
    }
  }
}
