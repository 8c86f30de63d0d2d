package dev.platform.core.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostNamesTest {

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final SynchronizationContext context =
      new SynchronizationContext(
          (thread, failure) -> {
            throw new AssertionError(failure);
          });

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void aNameIsLookedUpAgainAfterAFullExecutorHasRejectedIt() {
    AtomicInteger rejected = new AtomicInteger();
    Executor full =
        task -> {
          if (rejected.getAndIncrement() == 0) {
            throw new RejectedExecutionException("full");
          }
          task.run();
        };
    AtomicBoolean resolved = new AtomicBoolean();
    HostNames[] names = new HostNames[1];
    names[0] =
        new HostNames(
            name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
            full,
            context,
            timer,
            new Random(1),
            () -> resolved.set(!names[0].addresses("pod-1").isEmpty()));

    context.execute(() -> names[0].retain(Set.of("pod-1")));

    await().untilTrue(resolved);
    assertThat(rejected).hasValue(2);
  }
}
