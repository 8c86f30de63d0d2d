package dev.platform.core.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.core.LogLines;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.start.WarmUpReport.Part;
import dev.platform.core.start.WarmUpReport.Result;
import dev.platform.core.start.WarmUpReport.State;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WarmUpsTest {

  private static final Duration MAX = Duration.ofSeconds(8);

  @RegisterExtension final LogLines log = LogLines.ofPackage(WarmUps.class);

  private final AtomicLong now = new AtomicLong();
  private final Map<String, WarmUp> parts = new LinkedHashMap<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);
  private final WarmUps warmUps = with(MAX);

  @Test
  void runsTheirPartsInTheirOrder() {
    parts.put("first", run -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(300)));
    parts.put("second", run -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(20)));
    assertThat(warmUps.report().state()).isEqualTo(State.NONE);
    WarmUpReport report = warmUps.run(parts);
    assertThat(report)
        .isEqualTo(
            new WarmUpReport(
                State.ENDED,
                Duration.ofMillis(320),
                List.of(
                    new Part("first", Result.DONE, Duration.ofMillis(300)),
                    new Part("second", Result.DONE, Duration.ofMillis(20)))))
        .isEqualTo(warmUps.report());
    assertThat(log.lines()).containsExactly("INFO Warm-up took 320 ms: first 300 ms, second 20 ms");
  }

  @Test
  void aFailureIsOneWarningAndTheOthersRun() {
    parts.put(
        "broken",
        run -> {
          throw new NoClassDefFoundError("on purpose");
        });
    parts.put("other", run -> {});
    assertThat(results(warmUps.run(parts))).containsExactly(Result.FAILED, Result.DONE);
    assertThat(log.count("WARN")).isOne();
    assertThat(log.text())
        .contains("Warm-up broken failed; the start goes on without it", "on purpose");
  }

  @Test
  void whatTakesTooLongIsInterruptedAndTheRestIsNotRun() {
    AtomicReference<Throwable> end = new AtomicReference<>();
    parts.put(
        "slow",
        run -> {
          begun.countDown();
          end.set(catchThrowableOfType(InterruptedException.class, never::await));
        });
    parts.put("rest", run -> end.set(new IllegalStateException("it has run")));
    CompletableFuture<WarmUpReport> report = begin();
    now.set(MAX.toNanos() - 1);
    assertThat(report).isNotDone();
    now.set(MAX.toNanos());
    assertThat(report.join().parts())
        .containsExactly(
            new Part("slow", Result.STOPPED, MAX), new Part("rest", Result.NOT_RUN, Duration.ZERO));
    await().until(() -> end.get() instanceof InterruptedException);
    assertThat(log.lines())
        .containsExactly(
            "WARN Warm-up was stopped after 8000 ms (slow 8000 ms (stopped), rest not run), the"
                + " limit of platform.start.warm-up.max");
  }

  @Test
  void doesNotWaitForWorkThatIgnoresItsInterrupt() {
    parts.put(
        "stubborn",
        run -> {
          begun.countDown();
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
        });
    CompletableFuture<WarmUpReport> report = begin();
    now.set(MAX.toNanos());
    assertThat(results(report.join())).containsExactly(Result.STOPPED);
    never.countDown();
  }

  @Test
  void repeatedWorkEndsByItselfBeforeTheTimeIsUp() {
    AtomicInteger done = new AtomicInteger();
    parts.put(
        "repeated",
        run ->
            run.repeat(
                1000,
                () -> {
                  done.incrementAndGet();
                  now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
                }));
    assertThat(results(warmUps.run(parts))).containsExactly(Result.DONE);
    assertThat(done).hasValue(75);
    assertThat(log.count("WARN")).isZero();
  }

  @Test
  void eachPartHasAnEqualShareOfWhatIsLeft() {
    WarmUp tireless =
        run -> run.repeat(1000, () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100)));
    parts.put("short", run -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1500)));
    parts.put("one", tireless);
    parts.put("other", tireless);
    assertThat(warmUps.run(parts).parts())
        .extracting(Part::took)
        .containsExactly(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofSeconds(3));
  }

  @Test
  void repeatedWorkMayFailButNotAgainAndAgain() {
    AtomicInteger done = new AtomicInteger();
    parts.put(
        "unsteady",
        run ->
            run.repeat(
                30,
                () -> {
                  if (done.incrementAndGet() % 3 != 0) {
                    throw new IllegalStateException("slow");
                  }
                }));
    parts.put(
        "broken",
        run ->
            run.repeat(
                30,
                () -> {
                  done.incrementAndGet();
                  throw new IllegalStateException("broken");
                }));
    assertThat(results(warmUps.run(parts))).containsExactly(Result.DONE, Result.FAILED);
    assertThat(done).hasValue(33);
  }

  @Test
  void aShutdownEndsItAtOnce() {
    parts.put(
        "slow",
        run -> {
          begun.countDown();
          never.await();
        });
    CompletableFuture<WarmUpReport> report = begin();
    warmUps.stop();
    assertThat(results(report.join())).containsExactly(Result.STOPPED);
    assertThat(log.count("WARN")).isZero();
  }

  @Test
  void afterAShutdownNothingRuns() {
    warmUps.stop();
    parts.put("late", run -> now.set(1));
    assertThat(warmUps.run(parts).state()).isEqualTo(State.NONE);
    assertThat(now).hasValue(0);
  }

  @Test
  void withoutTimeNothingRuns() {
    parts.put("off", run -> now.set(1));
    assertThat(with(Duration.ZERO).run(parts).state()).isEqualTo(State.NONE);
    assertThat(now).hasValue(0);
  }

  @Test
  void itIsPartOfATraceThatIsNotSampled() {
    AtomicReference<Span> span = new AtomicReference<>();
    parts.put("traced", run -> span.set(Span.current()));
    warmUps.run(parts);
    assertThat(span.get().getSpanContext().isValid()).isTrue();
    assertThat(span.get().getSpanContext().isSampled()).isFalse();
  }

  @Test
  void itsServerServesItsChannelAlone() {
    parts.put(
        "calls",
        run -> {
          Channel own = run.serve(health());
          assertThat(check(own)).isEqualTo(ServingStatus.SERVING);
          assertThat(own.authority()).startsWith("localhost:");
          ManagedChannel stranger =
              ManagedChannelBuilder.forTarget("dns:///" + own.authority()).usePlaintext().build();
          try {
            assertThat(
                    catchThrowableOfType(StatusRuntimeException.class, () -> check(stranger))
                        .getStatus()
                        .getCode())
                .isEqualTo(Code.PERMISSION_DENIED);
          } finally {
            stranger.shutdownNow();
          }
        });
    assertThat(results(warmUps.run(parts))).as(log.text()).containsExactly(Result.DONE);
  }

  @Test
  void itsServerEndsWithIt() {
    AtomicReference<Channel> channel = new AtomicReference<>();
    AtomicReference<WarmUpRun> kept = new AtomicReference<>();
    parts.put(
        "calls",
        run -> {
          kept.set(run);
          channel.set(run.serve(health()));
          check(channel.get());
        });
    assertThat(results(warmUps.run(parts))).as(log.text()).containsExactly(Result.DONE);
    assertThatThrownBy(() -> check(channel.get())).isInstanceOf(StatusRuntimeException.class);
    assertThatThrownBy(() -> kept.get().serve(health()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The warm-up has ended");
  }

  @Test
  void refusesALimitThatIsNone() {
    assertThatThrownBy(() -> new WarmUpSettings(Duration.ofMillis(-1)))
        .hasMessage("platform.start.warm-up.max: -1ms (expected: 0s to 5m)");
    assertThatThrownBy(() -> new WarmUpSettings(Duration.ofMinutes(6)))
        .hasMessage("platform.start.warm-up.max: 360000ms (expected: 0s to 5m)");
  }

  private static ServingStatus check(Channel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static BindableService health() {
    return new HealthStatusManager().getHealthService();
  }

  private static List<Result> results(WarmUpReport report) {
    return report.parts().stream().map(Part::result).toList();
  }

  /** Runs all parts on another thread; returns when the first one has begun. */
  private CompletableFuture<WarmUpReport> begin() {
    CompletableFuture<WarmUpReport> report =
        CompletableFuture.supplyAsync(() -> warmUps.run(parts));
    await().until(() -> begun.getCount() == 0);
    return report;
  }

  private WarmUps with(Duration max) {
    return new WarmUps(
        new WarmUpSettings(max),
        () -> WarmUpChains.of(List.of(), List.of(), null, now::get),
        new MovedTime(),
        now::get);
  }

  /** Waits for a moment of real time; whoever waits looks at the test's time again. */
  private static final class MovedTime implements Threads {

    private final Threads real = Threads.daemons();

    @Override
    public ScheduledExecutorService timer(String name) {
      return real.timer(name);
    }

    @Override
    public ExecutorService workers(String prefix) {
      return real.workers(prefix);
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
      real.await(monitor, TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
