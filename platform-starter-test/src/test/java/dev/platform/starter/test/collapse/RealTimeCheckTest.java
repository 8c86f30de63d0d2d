package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On the system's clock, with threads. */
class RealTimeCheckTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final PauseLatch latch = new PauseLatch();

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void requestsAreBadDuringAStallAndGoodAfterIt() throws Exception {
    Request request =
        Request.blocking(
            () -> {
              latch.pass();
              return "good";
            },
            threads);

    CollapseReport report =
        CollapseCheck.of("latch", request)
            .capacity(100)
            .deadline(Duration.ofMillis(500))
            .loads(0.5)
            .trigger(Trigger.stall("handlers", latch))
            .triggerLasts(Duration.ofSeconds(1))
            .steady(Duration.ofMillis(300), Duration.ofMillis(100))
            .observe(Duration.ofSeconds(20))
            .build()
            .run();

    report.assertStable();
    assertThat(report.cells().get(0).goodput())
        .anySatisfy(
            point -> {
              assertThat(point.offered()).isPositive();
              assertThat(point.good()).isZero();
            });
  }

  @Test
  void aGrpcFutureIsGoodIfItHasAValue() throws Exception {
    assertThat(Request.future(() -> Futures.immediateFuture("good")).send().toCompletableFuture())
        .isCompleted();
    assertThatThrownBy(
            () ->
                Request.future(
                        () -> Futures.immediateFailedFuture(new IllegalStateException("bad")))
                    .send()
                    .toCompletableFuture()
                    .join())
        .hasRootCauseMessage("bad");
  }
}
