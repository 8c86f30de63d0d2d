package dev.platform.core.balancer;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.outcome.CallOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EjectionInterleavingsTest {

  @Test
  void theLastOfConsecutiveFailuresEjectsThoughTheyEndAtOnce() {
    explore(
        () -> {
          Ejection ejection = new Ejection(afterFailures(2), () -> 0);
          AtomicInteger ejecting = new AtomicInteger();
          Runnable failing =
              () -> {
                if (ejection.ended(CallOutcome.FAILURE)) {
                  ejecting.incrementAndGet();
                }
              };
          together(failing, failing);
          check(ejecting.get() == 1, ejecting + " calls eject it");
        });
  }

  /** Otherwise no call would go there any more. */
  @Test
  void noTrialRunsWhenAllCallsHaveEnded() {
    explore(
        () -> {
          Ejection ejection = new Ejection(afterFailures(2), () -> 0);
          ejection.eject();
          together(
              ejection::readmit,
              () -> {
                ejection.begun();
                ejection.ended(CallOutcome.IGNORED);
              },
              () -> {
                ejection.begun();
                ejection.ended(CallOutcome.SUCCESS);
              });
          check(!ejection.isTried(), "a trial runs");
        });
  }

  private static OutlierDetection afterFailures(int failures) {
    return new OutlierDetection(
        true,
        failures,
        100,
        1000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }
}
