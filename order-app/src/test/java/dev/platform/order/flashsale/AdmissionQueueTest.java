package dev.platform.order.flashsale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.order.flashsale.AdmissionQueue.Outcome;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {

  private static final long LONG = TimeUnit.MINUTES.toNanos(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AdmissionQueue line = new AdmissionQueue(1, 3);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void isFirstInFirstOut() throws Exception {
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Outcome>> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      others.add(waiting(Context.ROOT, LONG).whenComplete((outcome, e) -> order.add(number)));
      awaitWaiting(i + 1);
    }

    for (CompletableFuture<Outcome> other : others) {
      line.leave();
      assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.ADMITTED);
    }

    assertThat(order).containsExactly(0, 1, 2);
    line.leave();
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void isBounded() throws Exception {
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);
    for (int i = 0; i < 3; i++) {
      waiting(Context.ROOT, LONG);
      awaitWaiting(i + 1);
    }

    assertThat(line.enter(LONG)).isEqualTo(Outcome.FULL);
    assertThat(line.waiting()).isEqualTo(3);
  }

  @Test
  void waitersLeaveAfterTheirTimeout() throws Exception {
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);

    assertThat(line.enter(TimeUnit.MILLISECONDS.toNanos(50))).isEqualTo(Outcome.TOO_LONG);

    assertThat(line.waiting()).isZero();
    line.leave();
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void aCancelledCallLeavesAndTheNextMovesUp() throws Exception {
    assertThat(line.enter(0)).isEqualTo(Outcome.ADMITTED);
    Context.CancellableContext call = Context.ROOT.withCancellation();
    CompletableFuture<Outcome> cancelled = waiting(call, LONG);
    awaitWaiting(1);
    CompletableFuture<Outcome> next = waiting(Context.ROOT, LONG);
    awaitWaiting(2);

    call.cancel(null);

    assertThat(cancelled.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.CALL_ENDED);
    awaitWaiting(1);
    line.leave();
    assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.ADMITTED);
  }

  @Test
  void losesNoPermitsUnderManyConcurrentCalls() throws Exception {
    AdmissionQueue busy = new AdmissionQueue(3, 1000);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long patience = TimeUnit.MICROSECONDS.toNanos(i % 40 * 10L);
      all.add(CompletableFuture.runAsync(() -> enterAndLeave(busy, patience), threads));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

    assertThat(busy.waiting()).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(busy.enter(0)).isEqualTo(Outcome.ADMITTED);
    }
    assertThat(busy.enter(0)).isEqualTo(Outcome.TOO_LONG);
  }

  @Test
  void namesTheInvalidValue() {
    assertThatThrownBy(
            () -> new FlashSaleProperties(java.util.Set.of(), 0, 1, Duration.ofSeconds(2)))
        .hasMessage("mall.flash-sale.at-once: 0 (expected: >= 1)");
  }

  private static void enterAndLeave(AdmissionQueue line, long patience) {
    try {
      if (line.enter(patience) == Outcome.ADMITTED) {
        Thread.yield();
        line.leave();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<Outcome> waiting(Context context, long nanos) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    threads.execute(
        context.wrap(
            () -> {
              try {
                outcome.complete(line.enter(nanos));
              } catch (InterruptedException e) {
                outcome.completeExceptionally(e);
              }
            }));
    return outcome;
  }

  private void awaitWaiting(int count) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> line.waiting() == count);
  }
}
