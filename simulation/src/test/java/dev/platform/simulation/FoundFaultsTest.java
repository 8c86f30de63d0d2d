package dev.platform.simulation;

import static dev.platform.simulation.ToldAgain.MINUTE;
import static dev.platform.simulation.ToldAgain.fault;
import static dev.platform.simulation.ToldAgain.keepsAllPromises;

import dev.platform.simulation.Fault.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stories in which the simulation has found a fault of the platform, as short as they could be. */
class FoundFaultsTest {

  /** The registrar went from CLOSED to IDLE, and threw. */
  @Test
  void aProcessThatNeverGotALeaseCloses() {
    keepsAllPromises(
        new Story(
            1,
            2,
            1,
            3,
            3 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.INSTANCE_LEAVES, 20_000, 1_000, 0, 0),
                fault(Kind.ETCD_RESTARTED, 21_000, 30_000, 0, 0),
                fault(Kind.INSTANCE_LEAVES, 30_000, 5_000, 0, 0))));
  }

  /** The key stayed marked as out of service, and the process believed that it was registered. */
  @Test
  void aKeyClaimedAgainWhileItsReleaseIsInFlightIsNotLeftMarked() {
    keepsAllPromises(
        new Story(
            3138,
            4,
            2,
            3,
            3 * MINUTE,
            Story.of(3138).callPause(),
            List.of(
                fault(Kind.INSTANCE_NOT_READY, 26_806, 5_358, 570, 0),
                fault(Kind.CALLER_RESTARTED, 53_539, 4_492, 915, 0),
                fault(Kind.MEMBER_LAGS, 61_307, 9_774, 520, 2_529_469_488L),
                fault(Kind.INSTANCE_NOT_READY, 70_448, 1_354, 914, 0))));
  }

  /**
   * What a check had found was older than the put that followed from another check, and was taken
   * for the present: the key was shown as another process's until its next change.
   */
  @Test
  void theLateAnswerOfACheckIsNotTakenForThePresent() {
    keepsAllPromises(
        new Story(
            1072,
            6,
            1,
            3,
            4 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.KEY_DELETED, 21_267, 1_664, 318, 0),
                fault(Kind.INSTANCE_CUT_OFF, 69_868, 2_980, 44, 0),
                fault(Kind.CLAIMED_TWICE, 153_048, 21_973, 999, 0),
                fault(Kind.MEMBER_LAGS, 168_779, 38_141, 994, 732_535_496))));
  }

  /** Their marks were sent to a member that was cut off, and not again: callers held them. */
  @Test
  void instancesThatLeaveWhileOneMemberIsCutOffAreNotHeld() {
    keepsAllPromises(
        new Story(
            1252,
            6,
            1,
            3,
            4 * MINUTE,
            Loop.SECOND / 5,
            List.of(
                fault(Kind.MEMBER_ISOLATED, 163_858, 69_000, 319, 0),
                fault(Kind.MOST_LEAVE, 222_100, 113_000, 473, 0))));
  }

  /**
   * The check of the key, or its put, was sent to the member that was cut off, and waited there.
   */
  @Test
  void aKeyThatIsDeletedWhileOneMemberIsCutOffIsBackAtOnce() {
    keepsAllPromises(
        new Story(
            20773,
            2,
            1,
            3,
            309 * Loop.SECOND,
            Story.of(20773).callPause(),
            List.of(
                fault(Kind.MEMBER_ISOLATED, 252_558, 109_000, 879, 0),
                fault(Kind.KEY_DELETED, 307_391, 3_644, 827, 0))));
  }

  /**
   * Two renewals waited at the member that was cut off, for 4.3 s each, until the process knew that
   * etcd had lost its lease, and then two puts, for 3 s each.
   */
  @Test
  void anInstanceIsRegisteredAgainInTimeThoughOneMemberIsCutOffWhenEtcdLosesItsData() {
    keepsAllPromises(
        new Story(
            22807,
            34,
            2,
            3,
            141 * Loop.SECOND,
            Story.of(22807).callPause(),
            List.of(
                fault(Kind.MEMBER_ISOLATED, 81_242, 105_000, 153, 0),
                fault(Kind.INSTANCE_HALF_CUT_OFF, 98_668, 26_534, 788, 0),
                fault(Kind.ETCD_WIPED, 124_825, 1_468, 521, 1))));
  }

  /** The caller was away while another process took the key, which was then deleted. */
  @Test
  void theLastInstanceUnderAKeyIsHeldNotOneFromBefore() {
    keepsAllPromises(
        new Story(
            23170,
            2,
            1,
            3,
            Story.of(23170).length(),
            Story.of(23170).callPause(),
            List.of(
                fault(Kind.INSTANCE_FAILS, 34_781, 28_234, 591, 1),
                fault(Kind.INSTANCE_CUT_OFF, 155_660, 9_639, 570, 0),
                fault(Kind.INSTANCE_LOST, 223_843, 76_000, 488, 0),
                fault(Kind.CALLER_CUT_OFF, 242_185, 36_106, 48, 0),
                fault(Kind.KEY_OVERWRITTEN, 270_345, 15_577, 177, 1),
                fault(Kind.ELECTION, 271_832, 44_305, 0, 0),
                fault(Kind.MOST_LEAVE, 300_531, 49_105, 0, 0))));
  }

  /** It was back at its address, and gRPC's pause before the next attempt to connect had grown. */
  @Test
  void anInstanceThatWasAwayForLongIsConnectedSoonThoughItsListDoesNotChange() {
    keepsAllPromises(
        new Story(
            23712,
            1,
            1,
            1,
            188 * Loop.SECOND,
            Story.of(23712).callPause(),
            List.of(
                fault(Kind.INSTANCE_KILLED, 96_750, 76_000, 936, 0),
                fault(Kind.MEMBER_ISOLATED, 104_981, 106_000, 808, 0))));
  }
}
