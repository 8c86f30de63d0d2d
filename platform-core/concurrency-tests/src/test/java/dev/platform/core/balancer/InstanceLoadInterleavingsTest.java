package dev.platform.core.balancer;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.balancer.UsualTimes.Usual;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestCalls;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class InstanceLoadInterleavingsTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void whatHasEndedIsNoLongerUnderWay() {
    explore(
        () -> {
          TestInstance instance = new TestInstance();
          CallRecorder recorder = TestCalls.recorder(() -> MILLI);
          AttemptRecord early = TestCalls.sent(recorder, TestCalls.UNARY, instance);
          together(
              () -> early.streamClosed(Status.OK),
              () -> {
                AttemptRecord late = TestCalls.sent(recorder, TestCalls.UNARY, instance);
                AttemptRecord stream = TestCalls.sent(recorder, TestCalls.STREAM, instance);
                check(instance.load.calls() >= 1, "it is under way");
                stream.streamClosed(Status.OK);
                late.streamClosed(Status.UNAVAILABLE);
              });
          check(instance.load.calls() == 0, "calls are left");
          check(instance.load.streams() == 0, "streams are left");
        });
  }

  /** Of two that end at once both raise it. */
  @Test
  void noFailureIsLost() {
    explore(
        () -> {
          Slowness slowness = new Slowness();
          together(() -> slowness.failed(0), () -> slowness.failed(0));
          check(slowness.at(0) == 2 * Slowness.FAILURE, "a failure is lost");
        });
  }

  @Test
  void anInstanceThatConnectsAgainIsEasedInThoughAPickEndsTheTimeBefore() {
    explore(
        () -> {
          TestInstance instance = new TestInstance();
          instance.load.restart(0, MILLI);
          together(() -> instance.load.easedIn(MILLI), () -> instance.load.restart(MILLI, MILLI));
          check(instance.load.easedIn(MILLI) < 1, "it gets its whole share at once");
        });
  }

  @Test
  void theUsualTimeIsBetweenTheShortestAndTheLongestAnswer() {
    explore(
        () -> {
          Usual usual = new Usual();
          together(() -> usual.answered(MILLI), () -> usual.answered(4 * MILLI));
          long nanos = usual.nanos();
          check(nanos >= MILLI && nanos <= 5 * MILLI, "it is " + nanos);
        });
  }

  @Test
  void allCallsOfAMethodHaveTheSameUsualTime() {
    explore(
        () -> {
          UsualTimes times = new UsualTimes();
          AtomicReferenceArray<Usual> found = new AtomicReferenceArray<>(2);
          together(
              () -> found.set(0, times.of(TestCalls.UNARY)),
              () -> found.set(1, times.of(TestCalls.UNARY)));
          check(found.get(0) == found.get(1), "two of them");
        });
  }
}
