package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.balancer.SimulatedFleet.Call;
import dev.platform.core.balancer.SimulatedFleet.Server;
import dev.platform.core.balancer.SimulatedFleet.Times;
import dev.platform.core.instance.InstanceMetadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy, inside of the platform's, on a simulated channel. */
class PeakEwmaLoadBalancerTest {

  private final SimulatedFleet fleet = SimulatedFleet.peakEwma();

  // An even fleet

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 50})
  void anEvenFleetIsCalledEvenly(int atOnce) {
    List<Server> servers = listed(10, 10, 10);
    fleet.closedLoop(3000, atOnce);
    assertEven(servers);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 50})
  void anEvenFleetWithNoiseIsCalledEvenly(int atOnce) {
    List<Server> servers = Stream.generate(() -> fleet.server(fleet.noise(10))).limit(4).toList();
    fleet.list(servers);
    fleet.closedLoop(20_000, atOnce);
    assertEven(servers);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 50})
  void anEvenFleetWithRareLongPausesIsCalledEvenly(int atOnce) {
    List<Server> servers =
        Stream.generate(
                () ->
                    fleet.server(
                        () ->
                            fleet.random.nextInt(100) == 0
                                ? SimulatedFleet.nanos(200)
                                : fleet.noise(5).getAsLong()))
            .limit(4)
            .toList();
    fleet.list(servers);
    fleet.closedLoop(20_000, atOnce);
    assertEven(servers);
  }

  @Test
  void aSmallDifferenceStarvesNobody() {
    List<Server> servers = listed(10, 10.5, 11, 12);
    fleet.closedLoop(4000, 1);
    assertEven(servers);
  }

  @Test
  void aRareSlowMethodDoesNotMakeItsInstanceSlow() {
    List<Server> servers = listed(5, 5, 5);
    fleet.closedLoop(300, 1);
    for (int i = 0; i < 9; i++) {
      fleet.slowCall(2000);
    }
    fleet.pass(Duration.ofSeconds(3));
    List<Call> slow = Stream.generate(() -> fleet.slowCall(2000)).limit(12).toList();
    slow.stream().filter(call -> call.server != servers.get(0)).forEach(Call::cancel);
    fleet.pass(Duration.ofSeconds(3));
    reset(servers);
    fleet.closedLoop(300, 1);
    assertEven(servers);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 60})
  void sharesFollowWeights(int atOnce) {
    List<Server> servers = fleet.servers(10, 10, 10);
    servers.get(0).with(InstanceMetadata.WEIGHT, "100");
    servers.get(1).with(InstanceMetadata.WEIGHT, "200");
    servers.get(2).with(InstanceMetadata.WEIGHT, "300");
    fleet.list(servers);
    fleet.closedLoop(6000, atOnce);
    assertThat(servers.get(0).calls).isCloseTo(1000, within(100));
    assertThat(servers.get(1).calls).isCloseTo(2000, within(100));
    assertThat(servers.get(2).calls).isCloseTo(3000, within(100));
  }

  @Test
  void manyInstancesAreAllCalled() {
    List<Server> servers = listed(Stream.generate(() -> 10.0).limit(500));
    fleet.closedLoop(20_000, 50);
    assertThat(servers).allSatisfy(server -> assertThat(server.calls).isBetween(20, 60));
  }

  // Slow instances

  @Test
  void ofTenVeryDifferentInstancesTheFastDoTheWork() {
    listed(1, 10, 10, 10, 10, 100, 100, 100, 100, 1000);
    Times times = fleet.closedLoop(50_000, 50);
    assertThat(times.millis(99.9)).isLessThanOrEqualTo(105);
    assertThat(Duration.ofNanos(fleet.now())).isLessThan(Duration.ofSeconds(15));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 50})
  void twoSlowOnesOfFourHarmFewCalls(int atOnce) {
    listed(10, 10, 200, 200);
    assertThat(fleet.closedLoop(20_000, atOnce).millis(99)).isLessThanOrEqualTo(12);
  }

  @Test
  void manySlowOnesOfManyHarmFewCalls() {
    listed(Stream.iterate(1, i -> i + 1).map(i -> i % 2 == 0 ? 10.0 : 200.0).limit(200));
    fleet.closedLoop(2000, 50);
    assertThat(fleet.closedLoop(20_000, 50).millis(99)).isLessThanOrEqualTo(12);
  }

  @Test
  void anInstanceThatBecomesSlowIsLeftWithinASecondAndReturns() {
    List<Server> servers = listed(10, 10, 10);
    double before = fleet.openLoop(200, Duration.ofSeconds(10)).millis(99);
    servers.get(1).answersIn(200);
    fleet.openLoop(200, Duration.ofSeconds(1));
    assertThat(fleet.openLoop(200, Duration.ofSeconds(9)).millis(99))
        .isLessThanOrEqualTo(1.5 * before);
    servers.get(1).answersIn(10);
    fleet.openLoop(200, Duration.ofSeconds(40));
    reset(servers);
    fleet.openLoop(200, Duration.ofSeconds(10));
    assertThat(servers.get(1).calls).isCloseTo(667, within(100));
  }

  @Test
  void aSlowInstanceIsTriedAgainFromTimeToTime() {
    List<Server> servers = listed(10, 10, 200);
    fleet.openLoop(100, Duration.ofSeconds(10));
    reset(servers);
    fleet.openLoop(100, Duration.ofMinutes(5));
    assertThat(servers.get(2).calls).isBetween(10, 300);
  }

  @Test
  void anInstanceThatPausesGetsNoMoreCallsWhileOthersAnswer() {
    List<Server> servers = listed(10, 10, 10);
    fleet.closedLoop(300, 3);
    servers.get(0).answersIn(60_000);
    reset(servers);
    fleet.openLoop(1000, Duration.ofSeconds(2));
    assertThat(servers.get(0).calls).isLessThan(20);
  }

  @Test
  void callsThatTheirCallersCancelLateSayThatTheInstanceIsSlow() {
    List<Server> servers = listed(10, 10, 10);
    fleet.closedLoop(300, 3);
    servers.get(0).answersIn(60_000);
    reset(servers);
    for (int i = 0; i < 300; i++) {
      Call call = fleet.call();
      fleet.pass(Duration.ofMillis(100));
      if (call.server == servers.get(0)) {
        call.cancel();
      }
    }
    assertThat(servers.get(0).calls).isLessThan(15);
  }

  // Failing instances

  @ParameterizedTest
  @ValueSource(strings = {"UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED"})
  void fastFailuresAttractNobody(Code code) {
    List<Server> servers = listed(10, 10, 0.1);
    servers.get(2).answer = code.toStatus();
    fleet.closedLoop(5000, 20);
    assertThat(servers.get(2).calls).isLessThan(250);
  }

  @Test
  void fastRefusalsOfTheCallerAreNoFailures() {
    List<Server> servers = listed(10, 10, 10);
    servers.get(2).answer = Status.FAILED_PRECONDITION;
    fleet.closedLoop(3000, 1);
    assertEven(servers);
  }

  @Test
  void anEjectedInstanceGetsNoCallThenOneThenItsShareSlowly() {
    SimulatedFleet ejecting =
        new SimulatedFleet(
            PeakEwmaLoadBalancerProvider.POLICY,
            SimulatedFleet.settings(true, Duration.ofSeconds(10)),
            "");
    List<Server> servers = ejecting.servers(10, 10, 10);
    ejecting.list(servers);
    Server failing = servers.get(0);
    failing.answer = Status.UNAVAILABLE;
    ejecting.closedLoop(300, 60);
    assertThat(ejecting.stateOf(failing)).isEqualTo(State.EJECTED);
    reset(servers);
    ejecting.openLoop(100, Duration.ofSeconds(8));
    assertThat(failing.calls).isZero();

    failing.answer = Status.OK;
    failing.answersIn(1000);
    ejecting.openLoop(100, Duration.ofMillis(2500));
    assertThat(failing.calls).isOne();
    assertThat(ejecting.stateOf(failing)).isEqualTo(State.ON_TRIAL);

    failing.answersIn(10);
    ejecting.pass(Duration.ofSeconds(1));
    assertThat(ejecting.stateOf(failing)).isEqualTo(State.EASED_IN);
    reset(servers);
    ejecting.openLoop(100, Duration.ofSeconds(2));
    assertThat(failing.calls).isBetween(2, 45);
    ejecting.openLoop(100, Duration.ofSeconds(10));
    reset(servers);
    ejecting.openLoop(100, Duration.ofSeconds(10));
    assertThat(failing.calls).isCloseTo(333, within(60));
  }

  // New instances

  @ParameterizedTest
  @ValueSource(ints = {1, 30})
  void anInstanceThatIsNewToTheCallerIsEasedIn(int atOnce) {
    List<Server> servers = new ArrayList<>(listed(10, 10, 10));
    fleet.closedLoop(100, 1);
    fleet.pass(Duration.ofMinutes(1));
    Server fresh = fleet.server(10);
    servers.add(fresh);
    fleet.list(servers);
    assertThat(fleet.stateOf(fresh)).isEqualTo(State.EASED_IN);
    reset(servers);
    fleet.closedLoop(100 * atOnce, atOnce);
    assertThat(fresh.calls).as("in the first second").isBetween(atOnce, 8 * atOnce);
    fleet.pass(Duration.ofSeconds(10));
    assertThat(fleet.stateOf(fresh)).isEqualTo(State.CALLED);
    reset(servers);
    fleet.closedLoop(400 * atOnce, atOnce);
    assertEven(servers);
  }

  @Test
  void noneIsEasedInWhenAllAreNew() {
    List<Server> servers = listed(10, 10, 10);
    fleet.pass(Duration.ofSeconds(5));
    servers = new ArrayList<>(servers);
    servers.add(fleet.server(10));
    fleet.list(servers);
    reset(servers);
    fleet.closedLoop(400, 1);
    assertEven(servers);
  }

  @Test
  void aNewCallerEasesInWhatHasJustStarted() {
    List<Server> servers = fleet.servers(10, 10, 10);
    servers.get(0).with(InstanceMetadata.STARTED_AT, "2025-12-31T23:00:00Z");
    servers.get(1).with(InstanceMetadata.STARTED_AT, "2025-12-31T23:59:57Z");
    servers.get(2).with(InstanceMetadata.STARTED_AT, "yesterday");
    fleet.list(servers);
    assertThat(servers)
        .extracting(server -> fleet.stateOf(server))
        .containsExactly(State.CALLED, State.EASED_IN, State.CALLED);
  }

  @Test
  void anInstanceThatIsConnectedAgainIsNew() {
    List<Server> servers = listed(10, 10, 10);
    fleet.pass(Duration.ofMinutes(1));
    servers.get(0).goDown();
    assertThat(fleet.stateOf(servers.get(0))).isEqualTo(State.UNREACHABLE);
    reset(servers);
    fleet.closedLoop(100, 1);
    assertThat(servers.get(0).calls).isZero();
    servers.get(0).comeBack();
    assertThat(fleet.stateOf(servers.get(0))).isEqualTo(State.EASED_IN);
  }

  @Test
  void withoutASlowStartANewInstanceGetsItsShareAtOnce() {
    SimulatedFleet atOnce =
        new SimulatedFleet(
            PeakEwmaLoadBalancerProvider.POLICY, SimulatedFleet.settings(false, Duration.ZERO), "");
    List<Server> servers = new ArrayList<>(atOnce.servers(10, 10));
    atOnce.list(servers);
    atOnce.pass(Duration.ofMinutes(1));
    servers.add(atOnce.server(10));
    atOnce.list(servers);
    atOnce.closedLoop(300, 1);
    assertEven(servers);
  }

  @Test
  void aNewSlowInstanceGetsNoBurst() {
    List<Server> servers = new ArrayList<>(listed(10, 10, 10));
    fleet.closedLoop(1000, 30);
    fleet.pass(Duration.ofMinutes(1));
    Server fresh = fleet.server(2000);
    servers.add(fresh);
    fleet.list(servers);
    fleet.openLoop(1000, Duration.ofSeconds(2));
    assertThat(fresh.calls).isLessThan(10);
  }

  // Zones

  @Test
  void theOwnZoneIsPreferred() {
    SimulatedFleet zoned = inZone("a");
    List<Server> servers = zones(zoned, "a", "a", "b", "b", null);
    zoned.closedLoop(10_000, 20);
    assertEven(servers.subList(0, 2));
    assertThat(servers.get(0).calls + servers.get(1).calls).isBetween(9800, 9990);
    assertThat(zoned.services.elsewhere("x").sum())
        .isEqualTo(servers.stream().skip(2).mapToInt(server -> server.calls).sum());
  }

  @Test
  void otherZonesHelpWhenTheOwnOneIsSlow() {
    SimulatedFleet zoned = inZone("a");
    List<Server> servers = zones(zoned, "a", "a", "b", "b");
    zoned.closedLoop(1000, 20);
    servers.get(0).answersIn(100);
    servers.get(1).answersIn(100);
    zoned.openLoop(500, Duration.ofSeconds(1));
    assertThat(zoned.openLoop(500, Duration.ofSeconds(10)).millis(97)).isLessThan(15);

    servers.get(0).answersIn(10);
    servers.get(1).answersIn(10);
    zoned.openLoop(500, Duration.ofSeconds(60));
    reset(servers);
    zoned.openLoop(500, Duration.ofSeconds(10));
    assertThat(servers.get(0).calls + servers.get(1).calls).isGreaterThan(4500);
  }

  /** Each answers one call after the other. */
  @Test
  void otherZonesTakeWhatTheOwnOneCanNotCarry() {
    SimulatedFleet zoned = inZone("a");
    Queue own = new Queue(zoned, 10);
    List<Server> servers = new ArrayList<>();
    servers.add(zoned.server(own::next).with(InstanceMetadata.ZONE, "a"));
    for (int i = 0; i < 3; i++) {
      Queue other = new Queue(zoned, 10);
      servers.add(zoned.server(other::next).with(InstanceMetadata.ZONE, "b"));
    }
    zoned.list(servers);
    zoned.openLoop(200, Duration.ofSeconds(20));
    reset(servers);
    Times times = zoned.openLoop(200, Duration.ofSeconds(30));
    assertThat(servers.get(0).calls / 30.0).as("of 100 that it can").isBetween(50.0, 100.0);
    assertThat(times.millis(99)).isLessThan(300);
  }

  @Test
  void theOwnZoneIsNotPreferredWhileMostOfItIsGone() {
    SimulatedFleet zoned = inZone("a");
    List<Server> servers = zones(zoned, "a", "a", "a", "b", "b");
    servers.get(0).goDown();
    servers.get(1).goDown();
    reset(servers);
    zoned.closedLoop(3000, 1);
    assertEven(servers.subList(2, 5));
  }

  @Test
  void aZoneWithoutInstancesIsNoZone() {
    SimulatedFleet zoned = inZone("c");
    List<Server> servers = zones(zoned, "a", "b");
    zoned.closedLoop(1000, 1);
    assertEven(servers);
  }

  // Streams

  @Test
  void streamsAreSpreadByTheirNumber() {
    List<Server> servers = new ArrayList<>(listed(10, 10));
    for (int i = 0; i < 20; i++) {
      fleet.stream();
    }
    assertEven(servers);
    servers.add(fleet.server(10));
    fleet.list(servers);
    reset(servers);
    for (int i = 0; i < 10; i++) {
      fleet.stream();
    }
    assertThat(servers.get(2).calls).isEqualTo(10);
  }

  @Test
  void openStreamsDoNotDriveUnaryCallsAway() {
    List<Server> servers = new ArrayList<>(listed(10));
    for (int i = 0; i < 1000; i++) {
      fleet.stream();
    }
    servers.add(fleet.server(10));
    fleet.list(servers);
    reset(servers);
    fleet.closedLoop(1000, 1);
    assertEven(servers);
  }

  // Lists and connections

  @Test
  void unlistedInstancesGetNoCall() {
    List<Server> servers = listed(10, 10, 10);
    fleet.list(servers.subList(1, 3));
    fleet.closedLoop(100, 5);
    assertThat(servers.get(0).calls).isZero();
    assertThat(fleet.services.snapshot().get(0).instances()).hasSize(2);
  }

  @Test
  void aChangedWeightCounts() {
    List<Server> servers = listed(10, 10);
    servers.get(0).with(InstanceMetadata.WEIGHT, "300");
    fleet.list(servers);
    fleet.closedLoop(400, 1);
    assertThat(servers.get(0).calls).isCloseTo(300, within(5));
  }

  private List<Server> listed(double... millis) {
    List<Server> servers = fleet.servers(millis);
    fleet.list(servers);
    return servers;
  }

  private List<Server> listed(Stream<Double> millis) {
    return listed(millis.mapToDouble(each -> each).toArray());
  }

  private static SimulatedFleet inZone(String zone) {
    return new SimulatedFleet(
        PeakEwmaLoadBalancerProvider.POLICY,
        SimulatedFleet.settings(false, Duration.ofSeconds(10)),
        zone);
  }

  private static List<Server> zones(SimulatedFleet fleet, String... zones) {
    List<Server> servers = new ArrayList<>();
    for (String zone : zones) {
      Server server = fleet.server(10);
      servers.add(zone == null ? server : server.with(InstanceMetadata.ZONE, zone));
    }
    fleet.list(servers);
    return servers;
  }

  private static void reset(List<Server> servers) {
    servers.forEach(server -> server.calls = 0);
  }

  /** Each within five percent of the mean. */
  private static void assertEven(List<Server> servers) {
    double mean = servers.stream().mapToInt(server -> server.calls).average().orElseThrow();
    Set<Double> shares = new HashSet<>();
    servers.forEach(server -> shares.add(server.calls / mean));
    assertThat(shares).allSatisfy(share -> assertThat(share).isCloseTo(1, within(0.05)));
  }

  /** A server that works on one call at a time. */
  private static final class Queue {

    private final SimulatedFleet fleet;
    private final long work;
    private long free;

    Queue(SimulatedFleet fleet, double millis) {
      this.fleet = fleet;
      this.work = SimulatedFleet.nanos(millis);
    }

    long next() {
      free = Math.max(free, fleet.now()) + work;
      return free - fleet.now();
    }
  }
}
