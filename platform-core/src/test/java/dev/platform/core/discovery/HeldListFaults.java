package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.LogLines;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.etcd.TestConnections;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Lists survive data loss in etcd; runs on an embedded and on a real etcd. */
abstract class HeldListFaults extends WatchedDirectory {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  @Test
  void holdsInstancesForAWhileAfterEtcdWasWipedAndFollowsTheNewHistory() {
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
  void holdsALargePartOfAServiceExpiringAtOnceForALimitedTime() {
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
  void logsOneLineForAllThatVanishAfterEachOther() {
    for (int port = 1; port <= 20; port++) {
      add(port);
    }
    await().until(() -> ports().size() == 20);

    for (int port = 1; port <= 20; port++) {
      etcd().delete(PREFIX + "127.0.0.1:" + port);
    }

    await()
        .atMost(Duration.ofSeconds(8))
        .until(() -> log.text().contains("vanished from etcd at once"));
    assertThat(log.text())
        .containsOnlyOnce("vanished from etcd at once")
        .contains("a: 20 instances vanished")
        .contains("kept for now: 127.0.0.1:1, 127.0.0.1:10,")
        .contains(", 127.0.0.1:18 and 10 more");
  }

  @Test
  void holdsTheLastExpiringInstancesEvenIfFew() {
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
  void holdsAnInstanceForTheFullTimeWhenItExpiresAgain() {
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
  void removesDeregisteredInstancesImmediately() {
    add(1);
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    leave(1);
    leave(2);
    leave(3);
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().isEmpty());
    assertThat(directory.latest("a").held()).isZero();
  }

  @Test
  void removesInstancesDeregisteredWhileDisconnected() {
    add(1);
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    whileDisconnected(
        () -> {
          leave(1);
          leave(2);
          leave(3);
          add(4);
        });
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().equals(List.of(4)));
    assertThat(directory.latest("a").held()).isZero();
  }

  @Test
  void holdsInstancesExpiredWhileDisconnectedEvenIfOnceOutOfService() {
    add(1);
    add(2);
    add(3);
    awaitPorts(1, 2, 3);
    whileDisconnected(
        () -> {
          leave(1);
          markAsLeaving(2);
          add(2);
          etcd().delete(PREFIX + "127.0.0.1:2");
          etcd().delete(PREFIX + "127.0.0.1:3");
        });
    await().until(() -> directory.latest("a").held() == 2);
    assertThat(sortedPorts()).containsExactly(2, 3);
    awaitPorts();
  }

  @Test
  void holdsTheLastInstanceOfAnAddressWhenAnotherOneTookItAndExpiredWhileDisconnected() {
    add(1);
    awaitPorts(1);
    whileDisconnected(
        () -> {
          etcd()
              .put(
                  PREFIX + "127.0.0.1:1",
                  "{\"Op\":0,\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"zone\":\"later\"}}");
          etcd().delete(PREFIX + "127.0.0.1:1");
        });
    await()
        .untilAsserted(
            () -> {
              assertThat(directory.latest("a").held()).isOne();
              assertThat(directory.latest("a").instances().get(0).zone()).contains("later");
            });
    awaitPorts();
  }

  @Test
  void holdsInstancesExpiredShortlyBeforeTheLastOneLeft() {
    add(1);
    add(2);
    awaitPorts(1, 2);
    etcd().delete(PREFIX + "127.0.0.1:1");
    awaitPorts(2);
    leave(2);
    awaitPorts(1);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.HELD);
    awaitPorts();
  }

  @Test
  void holdsInstancesExpiredWhileDisconnectedAndTheLastOneIsLeaving() {
    add(1);
    add(2);
    awaitPorts(1, 2);
    whileDisconnected(
        () -> {
          etcd().delete(PREFIX + "127.0.0.1:1");
          markAsLeaving(2);
        });
    awaitPorts(1);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.HELD);
    awaitPorts();
  }

  @Test
  void startsFromTheSnapshotWhileEtcdIsDownAndFollowsEtcdLater() throws Exception {
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
  void holdsTheSnapshotsInstancesIfEtcdComesBackEmpty() throws Exception {
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
  void prefersEtcdToAnOldSnapshot() throws Exception {
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

  private void leave(int port) {
    markAsLeaving(port);
    etcd().delete(PREFIX + "127.0.0.1:" + port);
  }

  private void markAsLeaving(int port) {
    etcd()
        .put(
            PREFIX + "127.0.0.1:" + port,
            "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{\"status\":\"OUT_OF_SERVICE\"}}"
                .formatted(port));
  }

  private void startWithSnapshotWhileEtcdIsDown(Runnable meanwhile) {
    directory.close();
    connection.close();
    meanwhile.run();
    etcd().stop();
    connection = TestConnections.open(etcd());
    directory = newDirectory();
  }
}
