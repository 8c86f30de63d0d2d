package dev.platform.order.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedReadsTest {

  private static final Duration MAX_AGE = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger calls = new AtomicInteger();
  private final SharedReads<String, Integer> reads =
      new SharedReads<>(MAX_AGE, 2, nanos::get, UnaryOperator.identity());
  private final ExecutorService clients = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    clients.shutdownNow();
    reads.close();
  }

  @Test
  void oneCallServesAllThatAskMeanwhile() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          clients.submit(
              () ->
                  reads.get(
                      "all",
                      LONG,
                      shared -> {
                        called.countDown();
                        await(answered);
                        return calls.incrementAndGet();
                      })));
    }
    await(called);
    answered.countDown();

    for (Future<Integer> answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void anAnswerIsUsedUntilItIsTooOld() {
    assertThat(read()).isEqualTo(1);
    nanos.addAndGet(MAX_AGE.toNanos() - 1);
    assertThat(read()).isEqualTo(1);
    nanos.addAndGet(1);

    assertThat(read()).isEqualTo(2);
  }

  @Test
  void eachKeyHasItsOwnAnswer() {
    assertThat(reads.get("a", LONG, shared -> 1)).isEqualTo(1);
    assertThat(reads.get("b", LONG, shared -> 2)).isEqualTo(2);
  }

  @Test
  void aFailureIsNotKept() {
    assertThatThrownBy(
            () ->
                reads.get(
                    "all",
                    LONG,
                    shared -> {
                      throw Status.UNAVAILABLE.withDescription("away").asRuntimeException();
                    }))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("UNAVAILABLE: away");

    assertThat(read()).isEqualTo(1);
  }

  @Test
  void aClientThatGivesUpDoesNotEndTheCallForOthers() {
    CountDownLatch answered = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                reads.get(
                    "all",
                    Duration.ofMillis(1),
                    shared -> {
                      assertThat(Context.current()).isSameAs(Context.ROOT);
                      await(answered);
                      return calls.incrementAndGet();
                    }))
        .hasMessageStartingWith("DEADLINE_EXCEEDED");
    answered.countDown();

    Awaitility.await().atMost(LONG).untilAsserted(() -> assertThat(calls).hasValue(1));
    assertThat(read()).isEqualTo(1);
  }

  @Test
  void theCallHasThePriorityOfTheRequestThatCameFirst() {
    CallPriority.in(Context.current(), Priority.LOW)
        .run(
            () ->
                reads.get(
                    "all",
                    LONG,
                    shared -> {
                      assertThat(CallPriority.current()).isEqualTo(Priority.LOW);
                      return calls.incrementAndGet();
                    }));

    assertThat(calls).hasValue(1);
  }

  @Test
  void withoutAnAgeEachReadIsACallOfItsOwn() {
    try (SharedReads<String, Integer> off =
        new SharedReads<>(Duration.ZERO, 1, nanos::get, UnaryOperator.identity())) {
      for (int i = 1; i <= 3; i++) {
        assertThat(off.get("all", LONG, shared -> shared ? -1 : calls.incrementAndGet()))
            .isEqualTo(i);
      }
    }
  }

  /** The first client is held up where the cache, after its look-up, reads the time. */
  @Test
  void whoAsksAgainAfterAFailureGetsAnotherCallThoughTheFirstClientIsSlow() {
    MeterRegistry meters = new SimpleMeterRegistry();
    Thread first = Thread.currentThread();
    AtomicReference<Thread> second = new AtomicReference<>();
    AtomicInteger answer = new AtomicInteger();
    AtomicReference<SharedReads<String, Integer>> shared = new AtomicReference<>();
    Runnable asksTwice =
        () -> {
          assertThatThrownBy(() -> shared.get().get("all", LONG, unused -> fail()))
              .hasMessage("UNAVAILABLE: away");
          answer.set(shared.get().get("all", LONG, unused -> 2));
        };
    Ticker slow =
        () -> {
          if (Thread.currentThread() == first && second.get() == null && isKept(meters)) {
            second.set(new Thread(asksTwice));
            second.get().start();
            Awaitility.await().atMost(LONG).until(() -> hasEndedOrWaits(second.get()));
          }
          return 0;
        };
    try (SharedReads<String, Integer> created =
        new SharedReads<>(MAX_AGE, 2, slow, UnaryOperator.identity())) {
      created.bindTo(meters, "test");
      shared.set(created);

      assertThatThrownBy(() -> created.get("all", LONG, unused -> fail()))
          .hasMessage("UNAVAILABLE: away");
      Awaitility.await().atMost(LONG).until(() -> !second.get().isAlive());
    }
    assertThat(answer).hasValue(2);
  }

  @Test
  void afterTheEndAReadFailsAtOnce() {
    reads.close();

    assertThatThrownBy(this::read).isInstanceOf(IllegalStateException.class);
  }

  private static boolean isKept(MeterRegistry meters) {
    Gauge size = meters.find("cache.size").gauge();
    return size != null && size.value() > 0;
  }

  private static boolean hasEndedOrWaits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.TERMINATED || state == Thread.State.TIMED_WAITING;
  }

  private static int fail() {
    throw Status.UNAVAILABLE.withDescription("away").asRuntimeException();
  }

  private int read() {
    return reads.get("all", LONG, shared -> calls.incrementAndGet());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
