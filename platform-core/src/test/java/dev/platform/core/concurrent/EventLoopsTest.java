package dev.platform.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Event loops of both Nettys, which are on this class path. */
class EventLoopsTest {

  private final EventLoops loops = EventLoops.available();

  static Stream<ExecutorService> eventLoops() {
    return Stream.of(
        new io.netty.util.concurrent.DefaultEventExecutorGroup(1),
        new io.grpc.netty.shaded.io.netty.util.concurrent.DefaultEventExecutorGroup(1));
  }

  @ParameterizedTest
  @MethodSource("eventLoops")
  void workRunsOnAnEventLoopAfterWhatItIsDoing(ExecutorService loop) throws Exception {
    ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    try {
      boolean accepted =
          loop.submit(
                  () -> {
                    boolean later =
                        loops.afterReading(() -> done.add(Thread.currentThread().getName()));
                    done.add("read");
                    return later;
                  })
              .get(20, TimeUnit.SECONDS);
      String thread = loop.submit(() -> Thread.currentThread().getName()).get(20, TimeUnit.SECONDS);
      assertThat(accepted).isTrue();
      assertThat(List.copyOf(done)).containsExactly("read", thread);
    } finally {
      loop.shutdownNow();
    }
  }

  @Test
  void otherThreadsAreNone() {
    assertThat(loops.afterReading(() -> {})).isFalse();
  }
}
