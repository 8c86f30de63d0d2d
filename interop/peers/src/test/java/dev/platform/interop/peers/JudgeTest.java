package dev.platform.interop.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.interop.peers.Moment.Killed;
import dev.platform.interop.peers.Moment.Left;
import dev.platform.interop.peers.Moment.Listed;
import dev.platform.interop.peers.Moment.Removed;
import dev.platform.interop.peers.Moment.Stored;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Histories as they were seen; ready at 0, the trouble is over at 100, the end is at 180. */
class JudgeTest {

  private static final String A = "a";
  private static final String B = "b";
  private static final String NEW = "new";
  private static final Set<String> BOTH = Set.of(A, B);

  @Test
  void keepsAllPromisesIfNothingHappens() {
    Verdict verdict = watcherDisturbed(BOTH, stored(0, A, B), listed(0, A, B));

    assertThat(verdict.broken()).isEmpty();
    assertThat(verdict.rightAfter()).isZero();
  }

  @Test
  void anInstanceMayBeRegisteredAgainAfterItsLeaseAndFiveSeconds() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(100, B),
            listed(100, B),
            stored(115, A, B),
            listed(115.5, A, B));

    assertThat(verdict.broken()).isEmpty();
    assertThat(verdict.rightAfter()).isEqualTo(15.5);
  }

  @Test
  void anInstanceThatIsRegisteredAgainTooLateBreaksR1() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(100, B),
            listed(100, B),
            stored(118, A, B),
            listed(118, A, B));

    assertThat(seen(verdict)).containsExactly("R1 registered again after 18 s");
  }

  @Test
  void anInstanceThatIsNeverRegisteredAgainBreaksR1() {
    Verdict verdict =
        watcherDisturbed(BOTH, stored(0, A, B), listed(0, A, B), stored(100, B), listed(100, B));

    assertThat(seen(verdict)).containsExactly("R1 not registered again");
    assertThat(verdict.rightAfter()).isInfinite();
  }

  @Test
  void anInstanceThatIsLostAgainBreaksR1() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(101, B),
            stored(102, A, B),
            stored(140, B),
            listed(140, B));

    assertThat(seen(verdict)).containsExactly("R1 not registered again");
  }

  @Test
  void aKeyThatStaysAfterLeavingInOrderBreaksR2() {
    Verdict verdict =
        calm(
            Set.of(B),
            stored(0, A, B),
            listed(0, A, B),
            new Left(100, A),
            stored(109, B),
            listed(109, B));

    assertThat(seen(verdict))
        .containsExactly("R2 key gone 9.0 s after leaving", "D4 departed one listed for 9.0 s");
  }

  @Test
  void aKilledProcessMayStayUntilItsLeaseHasEnded() {
    Verdict verdict =
        calm(
            Set.of(B),
            stored(0, A, B),
            listed(0, A, B),
            new Killed(100, A),
            stored(110, B),
            listed(110, B));

    assertThat(verdict.broken()).isEmpty();
    assertThat(verdict.rightAfter()).isEqualTo(10);
  }

  @Test
  void aKilledProcessThatStaysLongerBreaksR4() {
    Verdict verdict =
        calm(
            Set.of(B),
            stored(0, A, B),
            listed(0, A, B),
            new Killed(100, A),
            stored(120, B),
            listed(120, B));

    assertThat(seen(verdict)).containsExactly("R4 key gone 20 s after the kill");
  }

  @Test
  void aDeletedKeyThatIsNotPutBackBreaksR6AndR1() {
    Verdict verdict =
        calm(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            new Removed(100, A),
            stored(100.2, B),
            listed(100.2, B));

    assertThat(seen(verdict)).containsExactly("R1 not registered again", "R6 key not put back");
  }

  @Test
  void aNewcomerThatTheListLacksBreaksD3() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(121, A, B, NEW),
            new Left(126, NEW),
            stored(126.1, A, B));

    assertThat(seen(verdict)).containsExactly("D3 list lacks 1 instance");
    assertThat(verdict.rightAfter()).isZero();
  }

  @Test
  void aNewcomerIsNotAskedOfAWatcherThatWasNotCalm() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(101, A, B, NEW),
            listed(121, A, B, NEW),
            new Left(126, NEW),
            stored(126.1, A, B),
            listed(126.1, A, B));

    assertThat(verdict.broken()).isEmpty();
  }

  @Test
  void aNewcomerThatComesDuringTroubleForOthersIsListedWithinASecond() {
    Verdict verdict =
        calm(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(101, A, B, NEW),
            listed(105, A, B, NEW),
            stored(120, A, B),
            new Left(120, NEW),
            listed(120, A, B));

    assertThat(seen(verdict)).containsExactly("D3 list lacks 1 instance");
  }

  @Test
  void aListMayKnowOfADepartureBeforeTheNextLookAtEtcd() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(121, A, B, NEW),
            listed(121, A, B, NEW),
            listed(126, A, B),
            new Left(126, NEW),
            stored(126.2, A, B));

    assertThat(verdict.broken()).isEmpty();
  }

  @Test
  void anInstanceThatFallsOutOfTheListBreaksD3() {
    Verdict verdict =
        watcherDisturbed(BOTH, stored(0, A, B), listed(0, A, B), listed(130, A), listed(140, A, B));

    assertThat(seen(verdict)).containsExactly("D3 list lacks 1 instance");
  }

  @Test
  void aDepartedInstanceThatStaysListedBreaksD4() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(121, A, B, NEW),
            listed(121, A, B, NEW),
            stored(126, A, B),
            new Left(126, NEW));

    assertThat(seen(verdict)).containsExactly("D4 departed one stays listed");
  }

  @Test
  void whatVanishedLongAgoIsInNoList() {
    Verdict verdict =
        calm(Set.of(B), stored(0, A, B), listed(0, A, B), new Killed(100, A), stored(110, B));

    assertThat(seen(verdict)).containsExactly("D5 lists 1 instance long gone");
  }

  @Test
  void anEmptyListBreaksD6() {
    Verdict verdict =
        watcherDisturbed(
            BOTH,
            stored(0, A, B),
            listed(0, A, B),
            stored(101),
            listed(101),
            stored(103, A, B),
            listed(103.5, A, B));

    assertThat(seen(verdict)).containsExactly("D6 list empty for 2.5 s");
    assertThat(verdict.rightAfter()).isEqualTo(3.5);
  }

  private static Verdict watcherDisturbed(Set<String> expected, Moment... moments) {
    return judge(expected, 100, moments);
  }

  private static Verdict calm(Set<String> expected, Moment... moments) {
    return judge(expected, Double.NEGATIVE_INFINITY, moments);
  }

  private static Verdict judge(Set<String> expected, double watcherCalm, Moment... moments) {
    List<Moment> inOrder =
        Stream.of(moments).sorted(Comparator.comparingDouble(Moment::at)).toList();
    return Judge.judge(
        new History(
            "", Duration.ofSeconds(10), expected, expected, 0, 100, watcherCalm, 180, inOrder));
  }

  private static List<String> seen(Verdict verdict) {
    return verdict.broken().stream().map(broken -> broken.promise() + " " + broken.seen()).toList();
  }

  private static Moment stored(double at, String... addresses) {
    return new Stored(at, Set.of(addresses));
  }

  private static Moment listed(double at, String... addresses) {
    return new Listed(at, Set.of(addresses));
  }
}
