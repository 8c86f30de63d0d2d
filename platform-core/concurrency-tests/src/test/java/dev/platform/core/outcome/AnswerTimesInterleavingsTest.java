package dev.platform.core.outcome;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import org.junit.jupiter.api.Test;

class AnswerTimesInterleavingsTest {

  private static final int REMEMBERED = 4;
  private static final long LONG = 1000;

  /** A thread that forgets may be stopped for as long as many others answer. */
  @Test
  void oldAnswersAreForgottenWhoeverIsSlow() {
    explore(
        () -> {
          AnswerTimes times = new AnswerTimes(REMEMBERED);
          together(() -> answer(times, 1, REMEMBERED), () -> answer(times, 1, 2 * REMEMBERED));
          answer(times, LONG, 5 * REMEMBERED);
          check(times.percentile(1) >= LONG, "the shortest is " + times.percentile(1));
        });
  }

  @Test
  void noAnswerIsLostWhileNothingIsForgotten() {
    explore(
        () -> {
          AnswerTimes times = new AnswerTimes(100);
          together(
              () -> answer(times, 1, AnswerTimes.KNOWN / 2),
              () -> answer(times, LONG, AnswerTimes.KNOWN / 2));
          check(times.isKnown(), "an answer is lost");
          check(times.percentile(50) < LONG && times.percentile(51) >= LONG, "not half of each");
        });
  }

  private static void answer(AnswerTimes times, long nanos, int count) {
    for (int i = 0; i < count; i++) {
      times.answered(nanos);
    }
  }
}
