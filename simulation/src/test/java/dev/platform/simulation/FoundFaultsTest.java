package dev.platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.simulation.Fault.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stories in which the simulation has found a fault of the platform, as short as they could be. */
class FoundFaultsTest {

  private static final long MINUTE = 60 * Loop.SECOND;

  /** The registrar went from CLOSED to IDLE, and threw. */
  @Test
  void aProcessThatNeverGotALeaseCloses() {
    assertThat(
            tell(
                fault(Kind.INSTANCE_LEAVES, 20, 1),
                fault(Kind.ETCD_RESTARTED, 21, 30),
                fault(Kind.INSTANCE_LEAVES, 30, 5)))
        .isNull();
  }

  /** The key stayed marked as out of service, and the process believed that it was registered. */
  @Test
  void aKeyClaimedAgainWhileItsReleaseIsInFlightIsNotLeftMarked() {
    Story story = Story.of(3138);

    assertThat(
            Run.of(
                    new Story(
                        3138,
                        4,
                        2,
                        3,
                        3 * MINUTE,
                        story.callPause(),
                        List.of(
                            new Fault(
                                Kind.INSTANCE_NOT_READY, 26_806_000_000L, 5_358_000_000L, 570, 0),
                            new Fault(
                                Kind.CALLER_RESTARTED, 53_539_000_000L, 4_492_000_000L, 915, 0),
                            new Fault(
                                Kind.MEMBER_LAGS,
                                61_307_000_000L,
                                9_774_000_000L,
                                520,
                                2_529_469_488L),
                            new Fault(
                                Kind.INSTANCE_NOT_READY, 70_448_000_000L, 1_354_000_000L, 914, 0))))
                .violation())
        .isNull();
  }

  /**
   * What a check had found was older than the put that followed from another check, and was taken
   * for the present: the key was shown as another process's until its next change.
   */
  @Test
  void theLateAnswerOfACheckIsNotTakenForThePresent() {
    assertThat(
            Run.of(
                    new Story(
                        1072,
                        6,
                        1,
                        3,
                        4 * MINUTE,
                        Loop.SECOND / 5,
                        List.of(
                            millis(Kind.KEY_DELETED, 21_267, 1_664, 318, 0),
                            millis(Kind.INSTANCE_CUT_OFF, 69_868, 2_980, 44, 0),
                            millis(Kind.CLAIMED_TWICE, 153_048, 21_973, 999, 0),
                            millis(Kind.MEMBER_LAGS, 168_779, 38_141, 994, 732_535_496))))
                .violation())
        .isNull();
  }

  /** Their marks were sent to a member that was cut off, and not again: callers held them. */
  @Test
  void instancesThatLeaveWhileOneMemberIsCutOffAreNotHeld() {
    assertThat(
            Run.of(
                    new Story(
                        1252,
                        6,
                        1,
                        3,
                        4 * MINUTE,
                        Loop.SECOND / 5,
                        List.of(
                            millis(Kind.MEMBER_ISOLATED, 163_858, 69_000, 319, 0),
                            millis(Kind.MOST_LEAVE, 222_100, 113_000, 473, 0))))
                .violation())
        .isNull();
  }

  private static Fault millis(Kind kind, long at, long duration, int target, long size) {
    return new Fault(kind, at * Loop.MILLI, duration * Loop.MILLI, target, size);
  }

  private static Fault fault(Kind kind, long second, long seconds) {
    return new Fault(kind, second * Loop.SECOND, seconds * Loop.SECOND, 0, 0);
  }

  private static History.Violation tell(Fault... faults) {
    Story story = new Story(1, 2, 1, 3, 3 * MINUTE, Loop.SECOND / 5, List.of(faults));
    return Run.of(story).violation();
  }
}
