package dev.platform.simulation;

import static dev.platform.simulation.ToldAgain.MINUTE;
import static dev.platform.simulation.ToldAgain.fault;
import static dev.platform.simulation.ToldAgain.keepsAllPromises;

import dev.platform.simulation.Fault.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stories of which a rule once demanded too much, or in which the model was not as etcd is. */
class AllowedStoriesTest {

  /** A renewal was on its way to the member when the process was killed. Real etcd counts it. */
  @Test
  void aFrozenMemberThatGoesOnRenewsTheLeaseOfADeadProcess() {
    keepsAllPromises(
        new Story(
            731,
            3,
            2,
            3,
            6 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.INSTANCE_KILLED, 64_054, 4_790, 314, 0),
                fault(Kind.MEMBER_FROZEN, 114_909, 19_458, 835, 0),
                fault(Kind.MEMBER_FROZEN, 179_683, 45_326, 645, 0),
                fault(Kind.INSTANCE_KILLED, 220_060, 84_000, 650, 0))));
  }

  /** Its mark was taken for a put. */
  @Test
  void aProcessThatIsReadyAgainTakesItsKeyBackOnce() {
    keepsAllPromises(
        new Story(
            1222,
            5,
            2,
            1,
            6 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.INSTANCE_NOT_READY, 307_530, 28_032, 906, 0),
                fault(Kind.KEY_OVERWRITTEN, 315_946, 33_092, 171, 1))));
  }

  /** The model forgot to end the watches of a member that was restarted while it was cut off. */
  @Test
  void aCallerLeavesAMemberThatIsRestartedWhileItIsCutOff() {
    keepsAllPromises(
        new Story(
            1624,
            6,
            1,
            3,
            2 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.MEMBER_ISOLATED, 54_906, 74_000, 599, 0),
                fault(Kind.ETCD_WIPED, 61_277, 4_478, 945, 1_971))));
  }

  /** It ends when the process goes on. */
  @Test
  void anEjectionMayLastWhileItsProcessIsPaused() {
    keepsAllPromises(
        new Story(
            1983,
            4,
            2,
            3,
            6 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.ALL_FAIL, 246_530, 39_821, 172, 2),
                fault(Kind.CALLER_PAUSED, 303_416, 48_181, 466, 0))));
  }

  /** Two of four vanished, and one of the others departed: not more than half have vanished. */
  @Test
  void instancesThatDepartDoNotMakeVanishedOnesALargePart() {
    keepsAllPromises(
        new Story(
            2793,
            4,
            1,
            3,
            63 * Loop.SECOND,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.INSTANCE_CUT_OFF, 49_849, 47_646, 940, 0),
                fault(Kind.INSTANCE_KILLED, 52_380, 45_597, 547, 0))));
  }

  /** The rule knew that its predecessor was disturbed. */
  @Test
  void anInstanceWhoseAddressAnotherProcessHasSinceBeforeItsStartWaits() {
    keepsAllPromises(
        new Story(
            22068,
            6,
            2,
            3,
            181 * Loop.SECOND,
            Story.of(22068).callPause(),
            List.of(
                fault(Kind.INSTANCE_LEAVES, 35_044, 11_937, 274, 0),
                fault(Kind.ELECTION, 119_464, 32_686, 0, 0),
                fault(Kind.CALLER_RESTARTED, 119_757, 13_088, 980, 0),
                fault(Kind.INSTANCE_LEAVES, 130_404, 3_495, 889, 0),
                fault(Kind.CLAIMED_TWICE, 130_574, 38_670, 409, 1))));
  }

  /** In the new history somebody's value had the revision of the own put in the lost one. */
  @Test
  void aRevisionMayBeTheSameInAnotherHistory() {
    keepsAllPromises(
        new Story(
            23262,
            2,
            2,
            3,
            61 * Loop.SECOND,
            Story.of(23262).callPause(),
            List.of(
                fault(Kind.INSTANCE_LOST, 26_421, 118_000, 920, 0),
                fault(Kind.ETCD_WIPED, 53_044, 350, 0, 1),
                fault(Kind.CLAIMED_TWICE, 53_224, 44_438, 603, 0),
                fault(Kind.KEY_OVERWRITTEN, 60_597, 2_855, 579, 1))));
  }

  /** A caller calls once a second, and the promise is for five calls. */
  @Test
  void aBreakerNeedsCallsToOpen() {
    Story fleet = Story.fleet(1, 50, 5 * MINUTE, MINUTE);
    keepsAllPromises(fleet.with(List.of(fault(Kind.ALL_FAIL, 100_000, 48_373, 0, 1))));
  }

  /** The model forgot that a member which was frozen finds out, too, that it has no leader. */
  @Test
  void aCallerLeavesAMemberThatIsCutOffWhileItIsFrozen() {
    keepsAllPromises(
        new Story(
            29973,
            1,
            2,
            3,
            151 * Loop.SECOND,
            Story.of(29973).callPause(),
            List.of(
                fault(Kind.MEMBER_FROZEN, 91_573, 16_565, 393, 0),
                fault(Kind.MEMBER_FROZEN, 103_352, 10_464, 557, 0),
                fault(Kind.MEMBER_ISOLATED, 110_143, 70_000, 440, 0))));
  }

  /**
   * The first put reached etcd late, when its process had put the key again, and another one, too.
   */
  @Test
  void aFirstPutMayBeLate() {
    keepsAllPromises(
        new Story(
            31914,
            7,
            2,
            3,
            312 * Loop.SECOND,
            Story.of(31914).callPause(),
            List.of(
                fault(Kind.MEMBER_ISOLATED, 288_575, 23_028, 916, 0),
                fault(Kind.CLAIMED_TWICE, 305_879, 25_183, 335, 1))));
  }

  /** Half of the calls had failed in its window, and not in that of the rule, which was longer. */
  @Test
  void aBreakersWindowIsShorterThanElevenSeconds() {
    keepsAllPromises(
        new Story(
            32444,
            2,
            2,
            1,
            225 * Loop.SECOND,
            Story.of(32444).callPause(),
            List.of(
                fault(Kind.MOST_LEAVE, 37_566, 463, 0, 0),
                fault(Kind.KEY_OVERWRITTEN, 127_402, 2_935, 926, 0),
                fault(Kind.MEMBER_CRASHED, 167_489, 43_564, 561, 0),
                fault(Kind.INSTANCE_FAILS, 187_681, 41_879, 314, 3),
                fault(Kind.ETCD_WIPED, 216_062, 2_846, 0, 1068),
                fault(Kind.MOST_LEAVE, 220_729, 2_763, 0, 0))));
  }

  /** Resilience4j counts the seconds of a window by the wall clock. */
  @Test
  void aBreakersWindowIsShorterWhileTheWallClockIsSetBack() {
    keepsAllPromises(
        new Story(
            33188,
            7,
            1,
            3,
            26 * Loop.SECOND,
            Story.of(33188).callPause(),
            List.of(
                fault(Kind.ALL_FAIL, 20_087, 2_606, 0, 3),
                new Fault(
                    Kind.CALLER_CLOCK,
                    24_205 * Loop.MILLI,
                    46_974 * Loop.MILLI,
                    10,
                    -2_762_337_105_457L))));
  }

  /** Calls that find no instance do not count. */
  @Test
  void aBreakerStaysClosedWithoutAnInstance() {
    keepsAllPromises(
        new Story(
            38742,
            1,
            2,
            3,
            100 * Loop.SECOND,
            Story.of(38742).callPause(),
            List.of(
                fault(Kind.INSTANCE_LEAVES, 75_954, 49_635, 73, 0),
                fault(Kind.ALL_FAIL, 96_503, 4_331, 0, 1))));
  }
}
