package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.core.LogLines;
import dev.platform.core.concurrent.Threads;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a shared limit reacts to a bucket's answers and timeouts. */
class SharedRateLimitTest {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private static final RateLimiterConfig TEN_AN_HOUR =
      RateLimiterConfig.custom()
          .limitForPeriod(10)
          .limitRefreshPeriod(Duration.ofHours(1))
          .timeoutDuration(Duration.ZERO)
          .build();

  private final ScriptedBucket bucket = new ScriptedBucket();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Threads.daemons().timer("test-timer");
  private volatile double share = 0.5;
  private final SharedRateLimit limit =
      new SharedRateLimit("orders", bucket, TEN_AN_HOUR, () -> share, Duration.ofMillis(30), timer);

  @AfterEach
  void stop() {
    executor.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void usesTheLocalShareUntilTheBucketHasAnswered() {
    assertThat(countPermitted(20)).isEqualTo(5);

    limit.probe();

    assertThat(limit.isShared()).isTrue();
    assertThat(countPermitted(20)).as("permits granted by the bucket").isEqualTo(20);
  }

  @Test
  void fallsBackToTheLocalShareIfTheBucketIsSilent() {
    limit.probe();
    bucket.silent = true;

    assertThat(countPermitted(20)).isEqualTo(5);

    assertThat(limit.isShared()).isFalse();
    assertThat(log.count("WARN Redis does not answer within 30ms")).isEqualTo(1);
  }

  @Test
  void returnsToTheBucketWhenItAnswersAndLogsItOnce() {
    limit.probe();
    bucket.silent = true;
    countPermitted(1);
    bucket.silent = false;

    limit.probe();
    limit.probe();

    assertThat(limit.isShared()).isTrue();
    assertThat(countPermitted(20)).isEqualTo(20);
    assertThat(log.count("INFO The instances share the rate limit orders")).isEqualTo(2);
  }

  @Test
  void aFlappingBucketMustAnswerLongerEachTime() {
    List<Integer> probesUntilShared = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      probesUntilShared.add(probesUntilShared());
      bucket.failing = true;
      countPermitted(1);
      bucket.failing = false;
    }
    probesUntilShared.add(probesUntilShared());
    assertThat(probesUntilShared).containsExactly(1, 2, 4, 8, 16, 16, 16, 16);

    for (int i = 0; i < 20; i++) {
      limit.probe();
    }
    bucket.failing = true;
    countPermitted(1);
    bucket.failing = false;
    assertThat(probesUntilShared()).as("after a steady period").isEqualTo(2);
  }

  private int probesUntilShared() {
    int probes = 0;
    while (!limit.isShared()) {
      limit.probe();
      probes++;
    }
    return probes;
  }

  @Test
  void aFailedBucketIsNotAwaited() {
    limit.probe();
    bucket.failing = true;

    assertThat(limit.take()).isCompleted();
    assertThat(limit.isShared()).isFalse();
  }

  @Test
  void permitsTakenFromTheBucketReduceTheLocalShareToo() {
    limit.probe();
    assertThat(countPermitted(3)).isEqualTo(3);
    bucket.failing = true;

    assertThat(countPermitted(20)).isEqualTo(2);
  }

  @Test
  void overlappingProbesSettleAPermitOnce() {
    SharedRateLimit patient =
        new SharedRateLimit(
            "orders", bucket, TEN_AN_HOUR, () -> share, Duration.ofMinutes(1), timer);
    assertThat(patient.take()).isCompletedWithValue(0L);
    CompletableFuture<Long> settling = new CompletableFuture<>();
    bucket.nextSettlement = settling;
    patient.probe();
    patient.probe();
    settling.complete(0L);

    assertThat(bucket.settled).containsExactly(1L, 0L);
  }

  @Test
  void permitsTakenDuringAProbeAreSettledBeforeTheBucketIsUsed() {
    SharedRateLimit patient =
        new SharedRateLimit(
            "orders", bucket, TEN_AN_HOUR, () -> share, Duration.ofMinutes(1), timer);
    CompletableFuture<Long> connecting = new CompletableFuture<>();
    bucket.nextSettlement = connecting;
    patient.probe();
    assertThat(patient.take()).isCompletedWithValue(0L);

    CompletableFuture<Long> settling = new CompletableFuture<>();
    bucket.nextSettlement = settling;
    connecting.complete(0L);
    assertThat(patient.isShared()).as("with a permit to settle").isFalse();
    settling.complete(0L);

    assertThat(patient.isShared()).isTrue();
    assertThat(bucket.settled).containsExactly(0L, 1L);
  }

  @Test
  void permitsTakenLocallyAreSettledWithTheBucketOnce() {
    countPermitted(3);
    limit.probe();
    limit.probe();

    assertThat(bucket.settled).containsExactly(3L, 0L);
  }

  @Test
  void theShareFollowsTheNumberOfInstances() {
    assertThat(countPermitted(20)).isEqualTo(5);
    share = 0.2;
    assertThat(countPermitted(20)).isEqualTo(2);
    share = 0.01;
    assertThat(countPermitted(20)).as("one permit in ten hours").isEqualTo(1);
  }

  @Test
  void aCallProceedsWhenTheAnswerArrives() throws Exception {
    limit.probe();
    bucket.slow = true;
    try (LimitedServer server = server()) {
      CompletableFuture<StatusRuntimeException> call =
          CompletableFuture.supplyAsync(server::get, executor);
      bucket.answerNext(0L);
      assertThat(call.get(20, TimeUnit.SECONDS)).isNull();
      assertThat(server.served).hasValue(1);
    }
  }

  @Test
  void aCallIsRejectedIfTheBucketRejectsIt() throws Exception {
    limit.probe();
    bucket.slow = true;
    try (LimitedServer server = server()) {
      CompletableFuture<StatusRuntimeException> call =
          CompletableFuture.supplyAsync(server::get, executor);
      bucket.answerNext(TimeUnit.MILLISECONDS.toNanos(70));
      StatusRuntimeException refused = call.get(20, TimeUnit.SECONDS);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo("rate limit exceeded for product.v1.ProductService/GetProduct");
      assertThat(server.served).hasValue(0);
    }
  }

  @Test
  void aCallCancelledWhileWaitingIsNotServed() throws Exception {
    SharedRateLimit patient =
        new SharedRateLimit(
            "orders", bucket, TEN_AN_HOUR, () -> share, Duration.ofMinutes(1), timer);
    patient.probe();
    bucket.slow = true;
    try (LimitedServer server = server(patient)) {
      var call =
          ProductServiceGrpc.newFutureStub(server.channel())
              .getProduct(GetProductRequest.getDefaultInstance());
      Awaitility.await().until(() -> !bucket.asked.isEmpty());
      call.cancel(true);
      server.awaitCancelled();
      bucket.answerNext(0L);
      assertThat(server.get(() -> bucket.answerNext(0L))).isNull();
      assertThat(server.served).hasValue(1);
    }
  }

  private LimitedServer server() throws Exception {
    // A busy machine delays answers in this test; the long timeout avoids false failures.
    SharedRateLimit patient =
        new SharedRateLimit(
            "orders", bucket, TEN_AN_HOUR, () -> share, Duration.ofMinutes(1), timer);
    bucket.slow = false;
    patient.probe();
    bucket.slow = true;
    return server(patient);
  }

  private LimitedServer server(SharedRateLimit shared) throws Exception {
    return new LimitedServer(
        new RateLimitServerInterceptor(
            new RateLimits(
                null,
                Map.of(),
                RateLimiter.of("orders", TEN_AN_HOUR),
                RatePriorities.none(),
                new SharedRateLimits(
                    Map.of("orders", shared), null, timer, Executors.newCachedThreadPool()),
                new SimpleMeterRegistry()),
            executor,
            UnaryOperator.identity()));
  }

  private int countPermitted(int calls) {
    int taken = 0;
    for (int i = 0; i < calls; i++) {
      taken += limit.take().join() == 0 ? 1 : 0;
    }
    return taken;
  }

  /** Grants every permit by default. */
  private static final class ScriptedBucket implements SharedBucket {

    final List<CompletableFuture<Long>> asked = new CopyOnWriteArrayList<>();
    final List<Long> settled = new CopyOnWriteArrayList<>();
    volatile boolean silent;
    volatile boolean failing;
    volatile boolean slow;
    @Nullable CompletableFuture<Long> nextSettlement;

    @Override
    public CompletableFuture<Long> take() {
      if (slow) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
      }
      return answer();
    }

    @Override
    public CompletableFuture<?> settle(long permissions) {
      settled.add(permissions);
      CompletableFuture<Long> answer = nextSettlement == null ? answer() : nextSettlement;
      nextSettlement = null;
      return answer;
    }

    void answerNext(long wait) {
      Awaitility.await().until(() -> !asked.isEmpty());
      asked.remove(0).complete(wait);
    }

    private CompletableFuture<Long> answer() {
      if (failing) {
        return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
      }
      return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(0L);
    }
  }
}
