package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.outcome.CallOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EjectionTest {

  private final AtomicLong now = new AtomicLong();
  private final Ejection ejection =
      new Ejection(
          new OutlierDetection(
              true,
              5,
              50,
              10,
              Duration.ofSeconds(5),
              Duration.ofSeconds(10),
              Duration.ofSeconds(30)),
          now::get);

  @Test
  void fiveConsecutiveFailuresEject() {
    for (int i = 0; i < 4; i++) {
      assertThat(fail()).isFalse();
    }
    assertThat(ejection.ended(CallOutcome.SUCCESS)).isFalse();
    for (int i = 0; i < 4; i++) {
      assertThat(fail()).isFalse();
    }
    assertThat(ejection.ended(CallOutcome.IGNORED)).isFalse();
    assertThat(fail()).isTrue();
  }

  @Test
  void halfOfTheCallsOfAnIntervalEject() {
    for (int i = 0; i < 5; i++) {
      assertThat(ejection.ended(CallOutcome.SUCCESS)).isFalse();
      assertThat(fail()).isEqualTo(i == 4);
    }
  }

  @Test
  void outcomesBeforeTheIntervalAreForgotten() {
    for (int i = 0; i < 4; i++) {
      fail();
      ejection.ended(CallOutcome.SUCCESS);
    }
    pass(Duration.ofSeconds(6));
    ejection.ended(CallOutcome.SUCCESS);
    assertThat(fail()).isFalse();
  }

  @Test
  void onProbationOneFailureEjectsForDoubleTheTimeUpToTheMaximum() {
    assertThat(ejection.eject()).hasSeconds(10);
    assertThat(ejection.isEjected()).isTrue();
    assertThat(fail()).as("it is out already").isFalse();
    ejection.readmit();
    assertThat(ejection.isEjected()).isFalse();
    assertThat(fail()).isTrue();
    assertThat(ejection.eject()).hasSeconds(20);
    ejection.readmit();
    assertThat(fail()).isTrue();
    assertThat(ejection.eject()).hasSeconds(30);
  }

  @Test
  void aTrialCallWithIgnoredOutcomeIsRepeated() {
    ejection.eject();
    ejection.readmit();
    assertThat(ejection.isOnTrial()).isTrue();
    assertThat(ejection.isTried()).isFalse();
    ejection.begun();
    assertThat(ejection.isTried()).isTrue();
    ejection.ended(CallOutcome.IGNORED);
    assertThat(ejection.isTried()).isFalse();
    assertThat(ejection.isOnTrial()).isTrue();
    ejection.begun();
    ejection.ended(CallOutcome.SUCCESS);
    assertThat(ejection.isOnTrial()).isFalse();
  }

  @Test
  void aTrialEndsThoughTheDetectionIsSwitchedOffBeforeIt() {
    ejection.eject();
    ejection.configure(
        new OutlierDetection(
            false,
            5,
            50,
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30)));
    ejection.readmit();
    ejection.begun();

    assertThat(fail()).isFalse();
    assertThat(ejection.isTried()).isFalse();
  }

  @Test
  void aTimeWithoutFailuresEndsTheProbation() {
    ejection.eject();
    ejection.readmit();
    ejection.ended(CallOutcome.SUCCESS);
    pass(Duration.ofSeconds(11));
    assertThat(fail()).isFalse();
    assertThat(ejection.eject()).hasSeconds(10);
  }

  @Test
  void aTrialCallMayTakeLong() {
    ejection.eject();
    ejection.readmit();
    ejection.begun();
    pass(Duration.ofSeconds(60));
    assertThat(fail()).isTrue();
    assertThat(ejection.eject()).hasSeconds(20);
  }

  @Test
  void aNewConnectionResetsTheEjection() {
    ejection.eject();
    ejection.forget();
    assertThat(ejection.isEjected()).isFalse();
    assertThat(fail()).isFalse();
  }

  private boolean fail() {
    return ejection.ended(CallOutcome.FAILURE);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
