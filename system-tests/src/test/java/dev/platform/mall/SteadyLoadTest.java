package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.SettableFuture;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SteadyLoadTest {

  private final SettableFuture<String> answer = SettableFuture.create();
  private final AtomicInteger sent = new AtomicInteger();
  private final SteadyLoad load =
      SteadyLoad.start(
          200,
          () -> {
            sent.incrementAndGet();
            return answer;
          });

  @AfterEach
  void stop() {
    load.close();
  }

  @Test
  void keepsSendingWithoutAnswers() {
    await().atMost(Duration.ofSeconds(30)).until(() -> sent.get() >= 20);
    assertThat(load.soFar().calls()).isZero();

    answer.set("late");

    LoadReport report = load.stop();
    assertThat(report.calls()).isEqualTo(sent.get());
    assertThat(report.failures()).isEmpty();
  }

  @Test
  void skipsCallsBeyondItsBound() {
    AtomicInteger begun = new AtomicInteger();
    SettableFuture<String> first = SettableFuture.create();
    try (SteadyLoad bounded =
        SteadyLoad.start(
            200, 3, () -> begun.incrementAndGet() <= 3 ? first : SettableFuture.create())) {
      await().atMost(Duration.ofSeconds(30)).until(() -> sent.get() >= 20);
      assertThat(begun).hasValue(3);

      first.set("answer");

      await().atMost(Duration.ofSeconds(30)).until(() -> begun.get() == 6);
      assertThat(bounded.soFar().calls()).isEqualTo(3);
    }
  }

  @Test
  void reportsTheStatusOfEachFailedCall() {
    answer.setException(Status.UNAVAILABLE.withDescription("gone").asRuntimeException());

    load.awaitMore(5, Duration.ofSeconds(30));

    LoadReport report = load.stop();
    assertThat(report.failures())
        .hasSize(sent.get())
        .allSatisfy(failure -> assertThat(failure.toString()).endsWith("UNAVAILABLE: gone"));
  }

  @Test
  void callsAreSelectedByTheTimeOfSending() {
    LoadReport report = new LoadReport(List.of(lasting(1), lasting(2), lasting(3)));

    assertThat(report.sentBefore(2).outcomes()).containsExactly(lasting(1));
    assertThat(report.sentSince(2).outcomes()).containsExactly(lasting(2), lasting(3));
  }

  @Test
  void aPercentileIsTheLatencyNotExceededByThatShareOfCalls() {
    LoadReport report =
        new LoadReport(LongStream.rangeClosed(1, 200).mapToObj(SteadyLoadTest::lasting).toList());

    assertThat(report.percentile(0.5)).isEqualTo(Duration.ofMillis(100));
    assertThat(report.percentile(0.99)).isEqualTo(Duration.ofMillis(198));
    assertThat(report.percentile(1)).isEqualTo(Duration.ofMillis(200));
  }

  /** A call with this latency. */
  private static Outcome lasting(long millis) {
    return new Outcome(millis, Duration.ofMillis(millis), Status.OK);
  }
}
