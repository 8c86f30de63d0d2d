package dev.platform.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.deadline.UsualTime.Admission;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Which calls are let in, in moved time. */
class UsualTimeTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private long now = 7;
  private final UsualTime usual = new UsualTime(now);

  @Test
  void allAreLetInUntilEnoughAnswersAreKnown() {
    answer(9, Duration.ofMillis(50));
    pass(SECOND);
    assertThat(ask(1)).isEqualTo(Admission.FAIR);

    answer(1, Duration.ofMillis(50));
    pass(SECOND);
    assertThat(ask(1)).isNotEqualTo(Admission.FAIR);
  }

  @Test
  void refusesCallsWithLessTimeThanThreeQuartersOfTheAnswersTook() {
    answer(30, Duration.ofMillis(10));
    answer(70, Duration.ofMillis(100));
    pass(SECOND);
    assertThat(ask(10)).isEqualTo(Admission.FAIR);
    assertThat((double) usual.nanos()).isCloseTo(10e6, Percentage.withPercentage(13));

    answer(30, Duration.ofMillis(100));
    pass(SECOND);
    useUpProbes();
    assertThat(ask(10)).isEqualTo(Admission.REFUSED);
    assertThat(ask(100)).isEqualTo(Admission.FAIR);
  }

  @Test
  void letsOneCallInEachSecondAsAProbe() {
    answer(100, Duration.ofMillis(50));
    for (int second = 0; second < 3; second++) {
      pass(SECOND);
      assertThat(ask(20)).isEqualTo(Admission.PROBE);
      for (int i = 0; i < 100; i++) {
        assertThat(ask(20)).isEqualTo(Admission.REFUSED);
      }
    }
  }

  @Test
  void twiceAsManyProbesAreLetInWhileAllAreAnsweredInTime() {
    answer(1000, Duration.ofMillis(50));
    for (int expected : new int[] {1, 2, 4, 8, 16}) {
      pass(SECOND);
      assertThat(useUpProbes()).isEqualTo(expected);
      usual.probed(true);
    }

    usual.probed(false);
    pass(SECOND);
    assertThat(useUpProbes()).isEqualTo(1);
  }

  @Test
  void whatIsKnownFadesWhileAllAreRefused() {
    answer(900, Duration.ofMillis(50));
    pass(SECOND);
    assertThat(usual.nanos()).isPositive();

    pass(Duration.ofSeconds(50));
    assertThat(ask(1)).isEqualTo(Admission.FAIR);
  }

  @Test
  void aMethodThatHasBecomeFasterIsKnownByItsProbes() {
    answer(900, Duration.ofMillis(50));
    int seconds = 0;
    for (; seconds < 60; seconds++) {
      pass(SECOND);
      if (ask(20) == Admission.FAIR) {
        break;
      }
      usual.answered(Duration.ofMillis(5).toNanos());
      usual.probed(true);
    }
    assertThat(seconds).isBetween(2, 30);
  }

  @Test
  void aSlowerMethodIsKnownSoon() {
    answer(900, Duration.ofMillis(5));
    pass(SECOND);
    assertThat(ask(10)).isEqualTo(Admission.FAIR);

    for (int i = 0; i < 20; i++) {
      answer(50, Duration.ofMillis(50));
      pass(SECOND);
    }
    useUpProbes();
    assertThat(ask(10)).isEqualTo(Admission.REFUSED);
  }

  private Admission ask(long millis) {
    return usual.admission(Duration.ofMillis(millis).toNanos(), now);
  }

  private int useUpProbes() {
    int probes = 0;
    while (ask(1) == Admission.PROBE) {
      probes++;
    }
    return probes;
  }

  private void answer(int count, Duration time) {
    for (int i = 0; i < count; i++) {
      usual.answered(time.toNanos());
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
    // Time passes with the next call.
    usual.admission(Long.MAX_VALUE, now);
  }
}
