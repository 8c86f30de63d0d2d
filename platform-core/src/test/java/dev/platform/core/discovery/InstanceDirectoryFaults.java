package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.discovery.InstanceList.Origin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs on an embedded and on a real etcd. */
abstract class InstanceDirectoryFaults extends WatchedDirectory {

  @Test
  void listsInstancesThenFollowsEachChange() throws Exception {
    add(1);
    assertThat(directory.firstList("a").get(5, TimeUnit.SECONDS).origin()).isEqualTo(Origin.LIST);
    assertThat(ports()).containsExactly(1);
    add(2);
    awaitPorts(1, 2);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.WATCH);
    etcd().delete(PREFIX + "127.0.0.1:1");
    awaitPorts(2);
  }

  @Test
  void readsBothFormatsAndSkipsOnlyInvalidValues() {
    etcd().put(PREFIX + "127.0.0.1:1", "127.0.0.1:1");
    etcd().put(PREFIX + "broken-json", "{\"Addr\":");
    etcd().put(PREFIX + "broken-address", "no port");
    etcd()
        .put(
            PREFIX + "[::1]:2",
            "{\"Op\":0,\"Addr\":\"[::1]:2\",\"Metadata\":{\"zone\":\"z1\",\"weight\":50}}");
    awaitPorts(1, 2);
    var second = directory.latest("a").instances().get(1);
    assertThat(second.address().host()).isEqualTo("::1");
    assertThat(second.zone()).isEqualTo("z1");
    assertThat(second.weight()).isEqualTo(50);
  }

  @Test
  void readsValuesWrittenByGoWithoutMetadata() {
    etcd().put(PREFIX + "127.0.0.1:1", "{\"Op\":0,\"Addr\":\"127.0.0.1:1\",\"Metadata\":null}");
    awaitPorts(1);
  }

  @Test
  void anInstanceMarkedAsLeavingIsRemovedBeforeItsKey() {
    add(1);
    add(2);
    awaitPorts(1, 2);
    etcd()
        .put(
            PREFIX + "127.0.0.1:1",
            "{\"Op\":0,\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"status\":\"OUT_OF_SERVICE\"}}");
    awaitPorts(2);
    assertThat(etcd().keys(PREFIX)).hasSize(2);
  }

  @Test
  void keepsTheLastGoodListWhileEtcdIsDownAndCatchesUpAfterwards() {
    add(1);
    awaitPorts(1);
    etcd().stop();
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(4))
        .until(() -> ports().equals(List.of(1)));
    etcd().start();
    add(2);
    awaitPorts(1, 2);
  }

  @Test
  void listsAgainAfterACompactionWhileDisconnected() {
    add(1);
    awaitPorts(1);
    etcd().stop();
    etcd().start();
    add(2);
    add(3);
    etcd().delete(PREFIX + "127.0.0.1:1");
    etcd().compact();
    awaitPorts(2, 3);
    add(4);
    awaitPorts(2, 3, 4);
  }

  @Test
  void aServiceWithoutInstancesHasAKnownEmptyList() throws Exception {
    InstanceList list = directory.firstList("nobody").get(5, TimeUnit.SECONDS);
    assertThat(list.isKnown()).isTrue();
    assertThat(list.instances()).isEmpty();
  }

  @Test
  void listsAllServicesAndTheLastKnownOnesWhileEtcdIsDown() throws Exception {
    add(1);
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    // A first read may fail, while the connection is made.
    await()
        .untilAsserted(
            () ->
                assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS))
                    .containsExactly("a", "b"));
    etcd().stop();
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).containsExactly("a", "b");
  }

  @Test
  void notifiesSubscribersInOrderAndNeverAfterUnsubscribing() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    add(1);
    awaitPorts(1);
    var subscription = directory.subscribe("a", list -> sizes.add(list.instances().size()));
    await().until(() -> sizes.equals(List.of(1)));
    add(2);
    await().until(() -> sizes.equals(List.of(1, 2)));
    subscription.cancel();
    add(3);
    awaitPorts(1, 2, 3);
    assertThat(sizes).containsExactly(1, 2);
  }
}
