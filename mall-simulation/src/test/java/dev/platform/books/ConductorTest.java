package dev.platform.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConductorTest {

  private final AtomicBoolean locked = new AtomicBoolean(true);
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger looksAtTheFirst = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private final Conductor conductor = new Conductor(Map.of(), this::isBlocked);

  /** However slow the step is that releases the lock. */
  @Test
  void whoWaitedForALockTakesPartAfterTheStepThatReleasesIt() {
    conductor.together(
        List.of(
            new Conductor.Work("a", this::waitsForALock),
            new Conductor.Work("b", this::releasesIt)));

    assertThat(conductor.points())
        .filteredOn(point -> point.step().what().equals("after the release"))
        .singleElement()
        .matches(Point::maySwitch, "a switch to the other is possible");
  }

  private void waitsForALock() {
    conductor.before(step("a", "lock"), 1);
    await(released);
    // It takes its time, until the conductor looks again.
    awaitNext(looksAtTheFirst);
    conductor.before(step("a", "after the lock"), 1);
  }

  private void releasesIt() {
    conductor.before(step("b", "release"), 2);
    awaitNext(looks);
    locked.set(false);
    released.countDown();
    conductor.before(step("b", "after the release"), 2);
  }

  private boolean isBlocked(int pid) {
    boolean blocked = pid == 1 && locked.get();
    looks.incrementAndGet();
    if (pid == 1) {
      looksAtTheFirst.incrementAndGet();
    }
    return blocked;
  }

  private static void awaitNext(AtomicInteger counter) {
    int before = counter.get();
    while (counter.get() == before) {
      Thread.onSpinWait();
    }
  }

  private static Step step(String thread, String what) {
    return new Step(thread, "", Step.Kind.CHANGE, what, true);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
