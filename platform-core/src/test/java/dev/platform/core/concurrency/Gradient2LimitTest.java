package dev.platform.core.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Gradient2 with our settings and windows of 100 ms of simulated time. */
class Gradient2LimitTest {

  private static final int SAMPLES = 20;

  private final ConcurrencyLimit limit = ConcurrencyLimit.gradient2(new Gradient2(50, 10, 200));
  private long now = 1;

  @Test
  void risesWhileItIsReachedAndAnswersStayFast() {
    windows(20, Duration.ofMillis(5));

    assertThat(limit.limit()).isBetween(80, 200);
  }

  @Test
  void neverExceedsItsMaximum() {
    windows(500, Duration.ofMillis(5));

    assertThat(limit.limit()).isEqualTo(200);
  }

  @Test
  void fallsWithinASecondIfAnswersBecomeSlow() {
    windows(20, Duration.ofMillis(5));
    int before = limit.limit();

    windows(10, Duration.ofMillis(80));

    assertThat(limit.limit()).isLessThan(before / 2);
  }

  @Test
  void neverFallsBelowItsMinimum() {
    windows(20, Duration.ofMillis(5));
    for (int i = 0; i < 50; i++) {
      windows(1, Duration.ofMillis(10L << Math.min(i, 10)));
    }

    assertThat(limit.limit()).isGreaterThanOrEqualTo(10);
  }

  @Test
  void recoversWithinTwoSecondsAfterASlowdown() {
    windows(20, Duration.ofMillis(5));
    windows(10, Duration.ofMillis(80));
    assertThat(limit.limit()).isLessThan(50);

    windows(20, Duration.ofMillis(5));

    assertThat(limit.limit()).isGreaterThanOrEqualTo(50);
  }

  @Test
  void staysUnchangedWhileItIsNotReached() {
    for (int i = 0; i < 20; i++) {
      window(Duration.ofMillis(5), 2);
    }

    assertThat(limit.limit()).isEqualTo(50);
  }

  private void windows(int count, Duration answerTime) {
    for (int i = 0; i < count; i++) {
      window(answerTime, limit.limit());
    }
  }

  private void window(Duration answerTime, int inFlight) {
    long step = Duration.ofMillis(101).toNanos() / SAMPLES;
    for (int i = 0; i < SAMPLES; i++) {
      now += step;
      limit.sample(new UnhinderedTime(), now - answerTime.toNanos(), now, inFlight, true);
    }
  }
}
