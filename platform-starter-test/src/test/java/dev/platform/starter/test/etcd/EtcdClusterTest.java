package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdClusterTest {

  private static EtcdCluster cluster;

  private final TestAuthority authority = TestAuthority.create("etcd");

  @BeforeAll
  static void start() {
    EtcdExtension.requireReal();
    cluster = EtcdCluster.start(3);
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void bringAllBack() {
    int[] dead = IntStream.range(0, 3).filter(member -> !cluster.isRunning(member)).toArray();
    cluster.thaw(0, 1, 2);
    cluster.restart(dead);
  }

  @Test
  void electsAnotherLeaderWhenOneIsKilled() {
    cluster.put("k", "1");
    int first = cluster.leader();

    cluster.kill(first);

    assertThat(cluster.isRunning(first)).isFalse();
    assertThat(cluster.leader()).isNotEqualTo(first);
    assertThat(cluster.get("k")).contains("1");
    cluster.restart(first);
    assertThat(cluster.isRunning(first)).isTrue();
  }

  @Test
  void electsAnotherLeaderWhenOneIsFrozen() {
    int first = cluster.leader();

    cluster.freeze(first);

    assertThat(cluster.isRunning(first)).isTrue();
    assertThat(cluster.leader()).isNotEqualTo(first);
    cluster.thaw(first);
    long revision = cluster.put("k", "2");
    assertThat(cluster.revision()).isEqualTo(revision);
  }

  @Test
  void answersAgainOnceAMajorityIsUp() {
    cluster.put("a/k", "3");

    cluster.kill(0, 1);
    cluster.restart(1);

    assertThat(cluster.leader()).isIn(1, 2);
    assertThat(cluster.keys("a/")).containsExactly("a/k");
    assertThat(cluster.delete("a/k")).isTrue();
    assertThat(cluster.compact()).isEqualTo(cluster.revision());
  }

  @Test
  void recoversAfterAllMembersWereStopped() {
    cluster.put("k", "4");

    cluster.stop();
    cluster.restart(0);
    assertThat(cluster.isRunning(0)).isTrue();
    cluster.restart(1, 2);

    assertThat(cluster.get("k")).contains("4");
  }

  @Test
  void servesEachMembersClients() {
    assertThat(cluster.endpoints()).hasSize(3).doesNotHaveDuplicates();
    cluster.put("k", "5");
    for (var endpoint : cluster.endpoints()) {
      try (EtcdClient client = new EtcdClient(endpoint, null)) {
        assertThat(client.get("k")).contains("5");
      }
    }
  }

  @Test
  void keepsItsDataWhileAMemberIsReplacedAndALearnerPromoted() {
    ServerTls tls = ServerTls.mutual(authority.issue("etcd"), authority);
    try (EtcdCluster other = EtcdCluster.builder().tls(tls).start()) {
      other.put("k", "6");

      other.replace(0);
      int learner = other.addLearner();
      assertThat(other.isLearner(learner)).isTrue();
      other.promote(learner);

      assertThat(other.isLearner(learner)).isFalse();
      assertThat(other.size()).isEqualTo(4);
      other.kill(1);
      assertThat(other.get("k")).contains("6");
    }
  }

  @Test
  void leavesNothingBehind() {
    EtcdCluster other = EtcdCluster.start(1);
    assertThat(other.leader()).isZero();
    other.close();
    assertThat(other.isRunning(0)).isFalse();
    assertThatThrownBy(() -> EtcdCluster.start(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
