package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Under virtual time. */
class OpenLoopTest {

  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final long SECOND = 1_000_000_000;

  private final VirtualTime time = new VirtualTime();
  private final GoodputRecord record = new GoodputRecord(0, Duration.ofSeconds(1));
  private final List<Long> sent = new ArrayList<>();

  @Test
  void sendsAtItsRateWhileNothingIsAnswered() throws Exception {
    OpenLoop loop = loop(() -> new CompletableFuture<>(), 1000);

    loop.sendUntil(SECOND, 4, record);

    assertThat(sent).containsExactly(0L, SECOND / 4, SECOND / 2, 3 * SECOND / 4);
    assertThat(loop.underWay()).isEqualTo(4);
    assertThat(record.share(0, 1)).isZero();
  }

  @Test
  void doesNotSendWhatExceedsItsBoundButCountsItAsNotGood() throws Exception {
    OpenLoop loop = loop(() -> new CompletableFuture<>(), 3);

    loop.sendUntil(SECOND, 10, record);

    assertThat(sent).hasSize(3);
    assertThat(record.points(1).get(0).offered()).isEqualTo(10);
    assertThat(record.failures(0, 1)).containsEntry("not sent, since too many were under way", 7);
  }

  @Test
  void anAnswerAfterTheDeadlineIsNotGood() throws Exception {
    OpenLoop loop = loop(() -> answerAfter(DEADLINE.plusMillis(1)), 1000);

    loop.sendUntil(2 * SECOND, 10, record);

    assertThat(record.share(0, 1)).isZero();
  }

  @Test
  void aRequestSentLateIsTimedFromWhenItWasDue() throws Exception {
    OpenLoop loop = loop(() -> answerAfter(Duration.ofMillis(10)), 1000);
    // As if this process had been paused for a second.
    time.sleepUntil(SECOND);

    loop.sendUntil(2 * SECOND, 10, record);

    assertThat(sent).hasSize(20);
    assertThat(record.share(0, 1)).isEqualTo(0.4);
    assertThat(record.share(1, 2)).isEqualTo(1);
  }

  @Test
  void aRequestThatCannotBeSentIsAFailure() throws Exception {
    OpenLoop loop =
        loop(
            () -> {
              throw new IllegalStateException("no channel 3");
            },
            1000);

    loop.sendUntil(SECOND, 2, record);

    assertThat(loop.underWay()).isZero();
    assertThat(record.failures(0, 1))
        .containsEntry("java.lang.IllegalStateException: no channel #", 2);
  }

  private OpenLoop loop(Request request, int maxUnderWay) {
    OpenLoop loop =
        new OpenLoop(
            time,
            () -> {
              sent.add(time.nanos());
              return request.send();
            },
            DEADLINE,
            maxUnderWay);
    loop.begin();
    return loop;
  }

  private CompletionStage<String> answerAfter(Duration delay) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    time.after(delay, () -> answer.complete("good"));
    return answer;
  }
}
