package dev.platform.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DaemonThreadFactoryTest {

  @Test
  void threadsDoNotKeepTheJvmAlive() {
    assertThat(DaemonThreadFactory.named("one").newThread(() -> {}).isDaemon()).isTrue();
    assertThat(DaemonThreadFactory.numbered("some-").newThread(() -> {}).isDaemon()).isTrue();
  }

  @Test
  void aNamedFactoryGivesEachThreadTheSameName() {
    DaemonThreadFactory factory = DaemonThreadFactory.named("platform-etcd");

    assertThat(factory.newThread(() -> {}).getName()).isEqualTo("platform-etcd");
    assertThat(factory.newThread(() -> {}).getName()).isEqualTo("platform-etcd");
  }

  @Test
  void aNumberedFactoryCountsItsOwnThreadsFromOne() {
    DaemonThreadFactory factory = DaemonThreadFactory.numbered("worker-");

    assertThat(factory.newThread(() -> {}).getName()).isEqualTo("worker-1");
    assertThat(factory.newThread(() -> {}).getName()).isEqualTo("worker-2");
    assertThat(DaemonThreadFactory.numbered("worker-").newThread(() -> {}).getName())
        .isEqualTo("worker-1");
  }

  @Test
  void aNewThreadIsNotStartedAndRunsItsTask() throws InterruptedException {
    AtomicBoolean ran = new AtomicBoolean();
    Thread thread = DaemonThreadFactory.named("one").newThread(() -> ran.set(true));
    assertThat(thread.getState()).isEqualTo(Thread.State.NEW);

    thread.start();
    thread.join();

    assertThat(ran).isTrue();
  }
}
