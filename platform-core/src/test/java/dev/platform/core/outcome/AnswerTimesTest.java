package dev.platform.core.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Which time is a fair chance, by the answers of before. */
class AnswerTimesTest {

  private final AnswerTimes times = new AnswerTimes();

  @Test
  void aTimeInWhichNearlyAllAnswersCameIsFair() {
    answer(980, Duration.ofMillis(20));
    answer(19, Duration.ofMillis(80));

    assertThat(times.isFair(nanos(100), 0)).isTrue();
    assertThat(times.isFair(nanos(70), 0)).isFalse();
    assertThat(times.isFair(nanos(10), 0)).isFalse();
  }

  @Test
  void halfOfTheAnswersDecideAfterFiveUnansweredCallsInARow() {
    answer(90, Duration.ofMillis(20));
    answer(10, Duration.ofMillis(80));
    for (int i = 0; i < 6; i++) {
      assertThat(times.isFair(nanos(50), 0)).isFalse();
      times.unanswered(nanos(50));
    }

    assertThat(times.isFair(nanos(50), 0)).isTrue();
    assertThat(times.isFair(nanos(10), 0)).isFalse();
    times.heard();
    assertThat(times.isFair(nanos(50), 0)).isFalse();
  }

  @Test
  void callsWithTooLittleTimeForAnyAnswerAreNotARow() {
    answer(100, Duration.ofMillis(20));
    for (int i = 0; i < 100; i++) {
      times.unanswered(nanos(10));
    }

    assertThat(times.isFair(nanos(10), 0)).isFalse();
  }

  @Test
  void withoutEnoughAnswersPartOfTheOwnDeadlineIsAssumed() {
    answer(9, Duration.ofMillis(1));

    assertThat(times.isFair(nanos(10), nanos(10))).isFalse();
    assertThat(times.isFair(nanos(100), nanos(200))).isTrue();
    assertThat(times.isFair(nanos(200), nanos(5000))).isFalse();
    assertThat(times.isFair(nanos(250), nanos(5000))).isTrue();
    assertThat(times.isFair(nanos(250), 0)).isTrue();
  }

  @Test
  void theMostRecentThousandAnswersDecide() {
    answer(1000, Duration.ofMillis(500));
    answer(20_000, Duration.ofMillis(5));

    assertThat(times.isFair(nanos(6), 0)).isTrue();
  }

  @Test
  void percentilesAreExactToAnEighth() {
    for (long nanos : new long[] {1, 900, 12_345, 1_000_000, 50_000_000, 86_400_000_000_000L}) {
      AnswerTimes one = new AnswerTimes();
      one.answered(nanos);
      assertThat(one.percentile(99)).isGreaterThanOrEqualTo(nanos);
      assertThat((double) one.percentile(99))
          .isCloseTo(Math.max(nanos, 8), Percentage.withPercentage(12.6));
    }
    AnswerTimes odd = new AnswerTimes();
    odd.answered(0);
    odd.answered(-1);
    odd.answered(Long.MAX_VALUE);
    assertThat(odd.percentile(99)).isCloseTo(Long.MAX_VALUE, within(0L));
  }

  private void answer(int count, Duration time) {
    for (int i = 0; i < count; i++) {
      times.answered(time.toNanos());
    }
  }

  private static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
