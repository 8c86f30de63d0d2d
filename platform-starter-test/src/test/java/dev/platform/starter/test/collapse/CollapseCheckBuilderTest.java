package dev.platform.starter.test.collapse;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CollapseCheckBuilderTest {

  private final CollapseCheckBuilder builder =
      CollapseCheck.of("app", () -> CompletableFuture.completedFuture("good"));

  @Test
  void saysWhatIsWrong() {
    assertWrong(() -> builder.build(), "triggers: none (expected: at least one)");
    assertWrong(() -> builder.loads(), "loads: none (expected: at least one)");
    assertWrong(() -> builder.loads(0.5, 1.0), "load: 1.0 (expected: > 0 and < 1)");
    assertWrong(
        () -> builder.capacity(0),
        "capacity: 0.0 requests a second (expected: > 0 and <= 1000000)");
    assertWrong(
        () -> builder.measureCapacity(-1, Duration.ofSeconds(5)),
        "first rate: -1.0 requests a second (expected: > 0 and <= 1000000)");
    assertWrong(() -> builder.goodShare(1.1), "good share: 1.1 (expected: > 0 and <= 1)");
    assertWrong(() -> Trigger.burst(1), "burst: 1.0 times the capacity (expected: > 1 and <= 100)");
  }

  @Test
  void saysWhichTimesDoNotFit() {
    builder.trigger(Trigger.burst(2));

    builder.deadline(Duration.ZERO);
    assertWrong(builder::build, "deadline: PT0S (expected: > 0)");
    builder.deadline(Duration.ofSeconds(2)).steady(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertWrong(builder::build, "steady: PT0.5S (expected: at least the window, PT1S)");
    builder.steady(Duration.ofSeconds(3), Duration.ofSeconds(1)).observe(Duration.ofSeconds(4));
    assertWrong(
        builder::build, "observation: PT4S (expected: at least steady and the deadline, PT5S)");
    builder.observe(Duration.ofSeconds(60)).measureCapacity(1, Duration.ofSeconds(1));
    assertWrong(builder::build, "ramp step: PT1S (expected: at least two windows, PT2S)");
  }

  private static void assertWrong(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
