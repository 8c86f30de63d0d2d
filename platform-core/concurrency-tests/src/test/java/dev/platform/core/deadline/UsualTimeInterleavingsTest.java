package dev.platform.core.deadline;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.deadline.UsualTime.Admission;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UsualTimeInterleavingsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long USUAL = 100;

  /** After so many the usual time is known. */
  private static final int ANSWERS = 32;

  @Test
  void oneCallWithTooLittleTimeIsAdmittedInASecondThoughTwoBeginIt() {
    explore(
        () -> {
          UsualTime time = known();
          check(time.admission(1, 0) == Admission.PROBE, "the first second's");
          AtomicInteger probes = new AtomicInteger();
          Runnable call =
              () -> {
                if (time.admission(1, SECOND) == Admission.PROBE) {
                  probes.incrementAndGet();
                }
              };
          together(call, call);
          check(probes.get() == 1, "probes: " + probes);
        });
  }

  @Test
  void aProbeThatFailsWhileASecondEndsCountsInThisOneOrTheNext() {
    explore(
        () -> {
          UsualTime time = known();
          time.probed(true);
          time.admission(USUAL, SECOND);
          time.probed(true);
          together(() -> time.probed(false), () -> time.admission(USUAL, 2 * SECOND));
          time.admission(USUAL, 3 * SECOND);
          int probes = 0;
          while (time.admission(1, 3 * SECOND) == Admission.PROBE) {
            probes++;
          }
          check(probes == 1, "probes: " + probes);
        });
  }

  private static UsualTime known() {
    UsualTime time = new UsualTime(0);
    for (int i = 0; i < ANSWERS; i++) {
      time.answered(USUAL);
    }
    return time;
  }
}
