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

  private static Fault fault(Kind kind, long second, long seconds) {
    return new Fault(kind, second * Loop.SECOND, seconds * Loop.SECOND, 0, 0);
  }

  private static History.Violation tell(Fault... faults) {
    Story story = new Story(1, 2, 1, 3, 3 * MINUTE, Loop.SECOND / 5, List.of(faults));
    return Run.of(story).violation();
  }
}
