package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SlownessTest {

  /** Time is kept in milliseconds or so. */
  private static final Offset<Double> CLOSE = within(0.002);

  private final Slowness slowness = new Slowness();
  private long now = 123_456_789_012_345L;

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(slowness.at(now)).isZero();
  }

  @Test
  void aSlowerAnswerCountsAtOnceAndAddsHalfAnOctaveAtMost() {
    slowness.answered(0.4, now);
    assertThat(slowness.at(now)).isCloseTo(0.4, CLOSE);
    slowness.answered(2.5, now);
    assertThat(slowness.at(now)).isCloseTo(0.9, CLOSE);
    slowness.answered(1.2, now);
    assertThat(slowness.at(now)).isCloseTo(1.2, CLOSE);
  }

  @Test
  void threeVeryLateAnswersInARowCountInFull() {
    slowness.answered(5, now);
    slowness.answered(5, now);
    slowness.answered(0, now);
    slowness.answered(5, now);
    slowness.answered(5, now);
    assertThat(slowness.at(now)).isLessThan(2.1);
    slowness.answered(5, now);
    assertThat(slowness.at(now)).isCloseTo(5, CLOSE);
    pass(Duration.ofSeconds(20));
    slowness.answered(6, now);
    assertThat(slowness.at(now)).as("those before were late").isCloseTo(6, CLOSE);
  }

  @Test
  void eachFailureDoublesIt() {
    for (int i = 1; i <= 12; i++) {
      slowness.failed(now);
      assertThat(slowness.at(now)).isCloseTo(Math.min(i, 10), CLOSE);
    }
  }

  @Test
  void aFasterAnswerCountsInPart() {
    slowly(4);
    slowness.answered(0, now);
    assertThat(slowness.at(now)).isCloseTo(3.5, CLOSE);
    for (int i = 0; i < 12; i++) {
      slowness.answered(0, now);
    }
    assertThat(slowness.at(now)).isLessThan(1);
  }

  @Test
  void itHalvesWithinSevenSecondsAndEndsAtTheUsual() {
    slowly(4);
    pass(Duration.ofSeconds(7));
    assertThat(slowness.at(now)).isCloseTo(3, CLOSE);
    pass(Duration.ofSeconds(14));
    assertThat(slowness.at(now)).isCloseTo(1, CLOSE);
    pass(Duration.ofDays(20));
    assertThat(slowness.at(now)).isZero();
  }

  @Test
  void anAdvantageFadesLikewise() {
    for (int i = 0; i < 100; i++) {
      slowness.answered(-2, now);
    }
    assertThat(slowness.at(now)).isCloseTo(-2, CLOSE);
    pass(Duration.ofSeconds(7));
    assertThat(slowness.at(now)).isCloseTo(-1, CLOSE);
    pass(Duration.ofSeconds(14));
    assertThat(slowness.at(now)).isZero();
  }

  @Test
  void anAttemptWithoutAnAnswerOnlyCountsIfItTookLonger() {
    slowly(2);
    slowness.atLeast(1, now);
    assertThat(slowness.at(now)).isCloseTo(2, CLOSE);
    slowness.atLeast(2.5, now);
    assertThat(slowness.at(now)).isCloseTo(2.5, CLOSE);
  }

  @Test
  void isBoundedAndCanBeForgotten() {
    slowly(60);
    assertThat(slowness.at(now)).isCloseTo(10, CLOSE);
    slowness.forget();
    assertThat(slowness.at(now)).isZero();
  }

  @Test
  void aReaderMayHaveAnOlderTime() {
    slowly(2);
    assertThat(slowness.at(now - Duration.ofSeconds(1).toNanos())).isCloseTo(2, CLOSE);
  }

  private void slowly(int octaves) {
    for (int i = 0; i < 2 * octaves; i++) {
      slowness.answered(octaves, now);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
