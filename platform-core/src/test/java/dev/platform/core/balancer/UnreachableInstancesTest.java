package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.balancer.SimulatedFleet.Server;
import dev.platform.core.instance.InstanceMetadata;
import io.grpc.ConnectivityState;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Instances that can't be connected, on a simulated channel. */
class UnreachableInstancesTest {

  private final SimulatedFleet fleet = SimulatedFleet.peakEwma();

  @Test
  void withoutAConnectionCallsFailWithTheReason() {
    List<Server> servers = listed(10, 10);
    servers.forEach(Server::goDown);
    assertThat(fleet.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    assertThat(fleet.pick(SimulatedFleet.METHOD).getStatus())
        .satisfies(status -> assertThat(status.getDescription()).isEqualTo("connection refused"));
    servers.get(1).comeBack();
    assertThat(fleet.state()).isEqualTo(ConnectivityState.READY);
    assertThat(fleet.call().server).isEqualTo(servers.get(1));
  }

  @Test
  void anEmptyListFailsCallsAndKeepsConnections() {
    assertThat(fleet.list(List.of()).getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(fleet.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    List<Server> servers = listed(10);
    assertThat(fleet.list(List.of()).getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(fleet.call().server).isEqualTo(servers.get(0));
  }

  @Test
  void theLastInstanceIsConnectedAtOnceWhenItIsListedAgain() {
    List<Server> servers = listed(10);
    servers.get(0).goDown();
    fleet.list(List.of());
    servers.get(0).restart();
    fleet.list(servers);
    assertThat(fleet.state()).isEqualTo(ConnectivityState.READY);
    assertThat(fleet.call().server).isEqualTo(servers.get(0));
  }

  @Test
  void anUnreachableAddressIsConnectedAtOnceWhenItBelongsToAnotherProcess() {
    List<Server> servers = listed(10, 10);
    servers.forEach(Server::goDown);
    servers.forEach(Server::restart);
    servers.get(1).with(InstanceMetadata.INSTANCE_ID, "second");
    fleet.list(servers);
    fleet.closedLoop(10, 2);
    assertThat(servers).extracting(server -> server.calls).containsExactly(0, 10);
  }

  @Test
  void theSameListDoesNotShortenThePauseBeforeTheNextAttemptToConnect() {
    List<Server> servers = listed(10, 10);
    servers.forEach(Server::goDown);
    servers.forEach(Server::restart);
    fleet.list(servers);
    assertThat(fleet.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
  }

  @Test
  void noPauseBetweenTwoAttemptsToConnectIsLongerThanTenSeconds() {
    List<Server> servers = listed(10, 10);
    servers.forEach(Server::goDown);
    fleet.pass(Duration.ofSeconds(35));
    servers.get(1).restart();
    fleet.pass(Duration.ofMillis(4_999));
    assertThat(fleet.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    fleet.pass(Duration.ofMillis(1));
    assertThat(fleet.state()).isEqualTo(ConnectivityState.READY);
    assertThat(fleet.stateOf(servers.get(0))).isEqualTo(State.UNREACHABLE);
    assertThat(fleet.call().server).isEqualTo(servers.get(1));
  }

  @Test
  void anInstanceThatIsNoLongerListedIsNotConnectedAgain() {
    List<Server> servers = listed(10, 10);
    servers.get(0).goDown();
    fleet.list(servers.subList(1, 2));
    servers.get(0).restart();
    fleet.pass(Duration.ofMinutes(1));
    assertThat(fleet.services.snapshot().get(0).instances()).hasSize(1);
    assertThat(servers.get(0).isConnected()).isFalse();
  }

  private List<Server> listed(double... millis) {
    List<Server> servers = fleet.servers(millis);
    fleet.list(servers);
    return servers;
  }
}
