package dev.platform.starter.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.discovery.InstanceList.Origin;
import dev.platform.starter.etcd.EtcdConnection;
import dev.platform.starter.etcd.TestConnections;
import dev.platform.starter.test.etcd.EtcdServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold on an embedded and on a real etcd alike. */
abstract class InstanceDirectoryFaults {

  private static final String PREFIX = "/services/a/";
  private static final Duration HOLD = Duration.ofSeconds(3);

  private EtcdConnection connection;
  private InstanceDirectory directory;

  abstract EtcdServer etcd();

  @TempDir Path folder;

  @BeforeEach
  void open() {
    connection = TestConnections.open(etcd());
    directory = newDirectory();
  }

  private InstanceDirectory newDirectory() {
    return TestDirectories.open(connection, HOLD, folder);
  }

  @AfterEach
  void close() {
    directory.close();
    connection.close();
  }

  @Test
  void listsWhatIsThereThenFollowsEachChange() throws Exception {
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
  void readsBothFormatsAndSkipsOnlyWhatCannotBeRead() {
    etcd().put(PREFIX + "127.0.0.1:1", "127.0.0.1:1");
    etcd().put(PREFIX + "broken-json", "{\"Addr\":");
    etcd().put(PREFIX + "broken-address", "no port");
    etcd()
        .put(
            PREFIX + "[::1]:2",
            "{\"Op\":0,\"Addr\":\"[::1]:2\",\"Metadata\":{\"zone\":\"z1\",\"weight\":50}}");
    awaitPorts(1, 2);
    var second = directory.latest("a").instances().get(1);
    assertThat(second.getHost()).isEqualTo("::1");
    assertThat(second.zone()).isEqualTo("z1");
    assertThat(second.weight()).isEqualTo(50);
  }

  @Test
  void readsValuesThatGoWritesWithoutMetadata() {
    etcd().put(PREFIX + "127.0.0.1:1", "{\"Op\":0,\"Addr\":\"127.0.0.1:1\",\"Metadata\":null}");
    awaitPorts(1);
  }

  @Test
  void anInstanceThatMarkedItselfAsLeavingIsGoneBeforeItsKeyIs() {
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
  void listsAgainAfterCompactionWhileItWasCutOff() {
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
  void holdsItsInstancesForAWhileWhenEtcdWasEmptiedAndFollowsTheNewHistory() {
    add(1);
    add(2);
    awaitPorts(1, 2);
    etcd().wipe();
    await().until(() -> directory.latest("a").origin() == Origin.HELD);
    assertThat(ports()).containsExactly(1, 2);
    add(2);
    add(3);
    await().until(() -> sortedPorts().equals(List.of(1, 2, 3)));
    assertThat(directory.latest("a").held()).isEqualTo(1);
    awaitPorts(2, 3);
    assertThat(directory.latest("a").held()).isZero();
  }

  @Test
  void holdsALargePartOfAServiceThatExpiresAtOnceForABoundedTime() {
    add(1);
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    etcd().delete(PREFIX + "127.0.0.1:1");
    awaitPorts(2, 3);
    etcd().delete(PREFIX + "127.0.0.1:2");
    awaitPorts(1, 2, 3);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.HELD);
    etcd().delete(PREFIX + "127.0.0.1:3");
    await().until(() -> directory.latest("a").held() == 3);
    add(3);
    awaitPorts(3);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.WATCH);
  }

  @Test
  void holdsTheLastInstancesThatExpireHoweverFew() {
    add(1);
    add(2);
    awaitPorts(1, 2);
    etcd().delete(PREFIX + "127.0.0.1:1");
    awaitPorts(2);
    etcd().delete(PREFIX + "127.0.0.1:2");
    awaitPorts(1, 2);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.HELD);
    awaitPorts();
  }

  @Test
  void holdsAnInstanceForTheWholeTimeWhenItExpiresForTheSecondTime() {
    for (int port = 1; port <= 3; port++) {
      add(port);
    }
    awaitPorts(1, 2, 3);
    for (int port = 1; port <= 3; port++) {
      etcd().delete(PREFIX + "127.0.0.1:" + port);
    }
    await().until(() -> directory.latest("a").held() == 3);
    await()
        .during(HOLD.minusSeconds(1))
        .atMost(HOLD)
        .until(() -> directory.latest("a").held() == 3);
    add(1);
    await().until(() -> directory.latest("a").held() == 2);
    etcd().delete(PREFIX + "127.0.0.1:1");
    await().until(() -> directory.latest("a").held() == 3);
    await().until(() -> directory.latest("a").held() == 1);
    assertThat(ports()).containsExactly(1);
    awaitPorts();
  }

  @Test
  void takesOutAtOnceWhatHasLeftHoweverMany() {
    add(1);
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    for (int port = 1; port <= 3; port++) {
      String address = "127.0.0.1:" + port;
      etcd()
          .put(
              PREFIX + address,
              "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{\"status\":\"OUT_OF_SERVICE\"}}"
                  .formatted(address));
      etcd().delete(PREFIX + address);
    }
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().isEmpty());
    assertThat(directory.latest("a").held()).isZero();
  }

  @Test
  void startsWithTheSnapshotWhileEtcdIsDownAndFollowsEtcdWhenItIsBack() throws Exception {
    etcd()
        .put(
            PREFIX + "127.0.0.1:1",
            "{\"Op\":0,\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"zone\":\"z1\"}}");
    awaitPorts(1);
    var before = directory.latest("a");
    startWithSnapshotWhileEtcdIsDown(() -> {});
    InstanceList restored = directory.firstList("a").get(5, TimeUnit.SECONDS);
    assertThat(restored.origin()).isEqualTo(Origin.SNAPSHOT);
    assertThat(restored.instances()).isEqualTo(before.instances());
    assertThat(restored.updatedAt()).isEqualTo(before.updatedAt());
    etcd().start();
    add(2);
    awaitPorts(1, 2);
    assertThat(directory.latest("a").origin()).isIn(Origin.LIST, Origin.WATCH);
  }

  @Test
  void holdsTheSnapshotsInstancesWhenEtcdComesBackEmpty() throws Exception {
    add(1);
    add(2);
    awaitPorts(1, 2);
    startWithSnapshotWhileEtcdIsDown(() -> {});
    assertThat(directory.firstList("a").get(5, TimeUnit.SECONDS).origin())
        .isEqualTo(Origin.SNAPSHOT);
    etcd().wipe();
    await().until(() -> directory.latest("a").origin() == Origin.HELD);
    assertThat(ports()).containsExactly(1, 2);
    add(2);
    awaitPorts(2);
  }

  @Test
  void believesEtcdRatherThanAnOldSnapshot() throws Exception {
    add(1);
    add(2);
    awaitPorts(1, 2);
    startWithSnapshotWhileEtcdIsDown(
        () -> {
          etcd().delete(PREFIX + "127.0.0.1:1");
          etcd().delete(PREFIX + "127.0.0.1:2");
          add(3);
        });
    assertThat(directory.firstList("a").get(5, TimeUnit.SECONDS).instances()).hasSize(2);
    etcd().start();
    await().until(() -> directory.isFollowing("a"));
    assertThat(ports()).containsExactly(3);
    assertThat(directory.latest("a").held()).isZero();
  }

  private void startWithSnapshotWhileEtcdIsDown(Runnable meanwhile) {
    directory.close();
    connection.close();
    meanwhile.run();
    etcd().stop();
    connection = TestConnections.open(etcd());
    directory = newDirectory();
  }

  @Test
  void aServiceThatNobodyOffersHasAKnownEmptyList() throws Exception {
    InstanceList list = directory.firstList("nobody").get(5, TimeUnit.SECONDS);
    assertThat(list.isKnown()).isTrue();
    assertThat(list.instances()).isEmpty();
  }

  @Test
  void namesAllServicesAndTheLastKnownOnesWhileEtcdIsDown() throws Exception {
    add(1);
    etcd().put("/services/b/127.0.0.1:1", "127.0.0.1:1");
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).containsExactly("a", "b");
    etcd().stop();
    assertThat(directory.serviceIds().get(5, TimeUnit.SECONDS)).containsExactly("a", "b");
  }

  @Test
  void tellsSubscribersInOrderAndNothingAfterTheyLeft() {
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

  private void add(int port) {
    etcd().put(PREFIX + "127.0.0.1:" + port, "127.0.0.1:" + port);
  }

  private void awaitPorts(Integer... expected) {
    await().atMost(Duration.ofSeconds(8)).until(() -> sortedPorts().equals(List.of(expected)));
  }

  private List<Integer> sortedPorts() {
    return ports().stream().sorted().toList();
  }

  private List<Integer> ports() {
    return directory.latest("a").instances().stream().map(i -> i.getPort()).toList();
  }
}
