package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.LogLines;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.TestConnections;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs on an embedded and on a real etcd. */
abstract class EtcdRegistrarFaults {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  static final Duration TTL = Duration.ofSeconds(2);
  static final String A = "/services/a/127.0.0.1:1000";
  static final String B = "/services/b/127.0.0.1:1000";

  final AtomicBoolean ours = new AtomicBoolean(true);
  private EtcdConnection connection;
  EtcdRegistrar lease;

  abstract EtcdServer etcd();

  @BeforeEach
  void open() {
    connection = TestConnections.open(etcd());
    lease = newRegistrar(connection);
  }

  @AfterEach
  void close() throws Exception {
    lease.close().get(5, TimeUnit.SECONDS);
    connection.close();
  }

  @Test
  void keepsSeveralKeysUnderOneLease() {
    register();
    assertThat(etcd().leases()).hasSize(1);
    assertThat(Long.toHexString(etcd().leases().get(0))).isEqualTo(lease.snapshot().leaseId());
    assertThat(etcd().get(A)).contains("value-a");
  }

  @Test
  void staysRegisteredBeyondTheTtl() {
    register();
    String leaseId = lease.snapshot().leaseId();
    await()
        .during(TTL.plusSeconds(1))
        .atMost(Duration.ofSeconds(5))
        .until(() -> etcd().keys("/services/").equals(List.of(A, B)));
    assertThat(lease.snapshot().leaseId()).isEqualTo(leaseId);
    assertThat(lease.renewals()).isPositive();
  }

  @Test
  void registersAgainAfterTheLeaseIsGone() {
    register();
    String before = lease.snapshot().leaseId();
    etcd().expireLease(Long.parseUnsignedLong(before, 16));
    awaitRegistered();
    assertThat(lease.snapshot().leaseId()).isNotEqualTo(before);
  }

  @Test
  void restoresADeletedKeyImmediately() {
    register();
    etcd().delete(A);
    await().atMost(Duration.ofMillis(500)).until(() -> etcd().get(A).isPresent());
    awaitRegistered();
  }

  @Test
  void reclaimsAKeyOfItsOwnAddress() {
    register();
    etcd().put(A, "somebody else");
    await().atMost(Duration.ofSeconds(3)).until(() -> etcd().get(A).equals(Optional.of("value-a")));
    awaitRegistered();
  }

  @Test
  void leavesAnOverwrittenKeyToTheNewerProcessUntilReleased() {
    ours.set(false);
    register();
    etcd().put(A, "somebody else");
    await().until(() -> lease.snapshot().contestedKeys().equals(List.of(A)));
    assertThat(lease.snapshot().isHeld()).isFalse();
    await()
        .during(TTL)
        .atMost(Duration.ofSeconds(4))
        .until(() -> etcd().get(A).equals(Optional.of("somebody else")));
    etcd().delete(A);
    awaitRegistered();
  }

  @Test
  void warnsOncePerConflictingProcess() {
    register();
    for (int i = 0; i < 3; i++) {
      long before = lease.snapshot().acquisitions();
      etcd().put(A, "somebody else");
      await().until(() -> lease.snapshot().acquisitions() > before);
      awaitRegistered();
    }
    assertThat(log.text()).containsOnlyOnce(A + " was put by another process");
    assertThat(log.text()).containsOnlyOnce("Registered [" + A);
  }

  @Test
  void registersAgainAfterEtcdWasDownForLongerThanTheLease() {
    register();
    etcd().stop();
    await().atMost(Duration.ofSeconds(8)).until(() -> lease.snapshot().state() == LeaseState.LOST);
    assertThat(lease.failedRenewals()).isPositive();
    assertThat(lease.timesRoutable()).isOne();
    long before = lease.nanosToRoutable();
    etcd().start();
    awaitRegistered();
    assertThat(lease.timesRoutable()).isEqualTo(2);
    assertThat(lease.nanosToRoutable()).isGreaterThan(before);
  }

  @Test
  void registersAgainAfterEtcdWasWiped() {
    register();
    etcd().wipe();
    awaitRegistered();
    assertThat(etcd().leases()).hasSize(1);
  }

  @Test
  void registersAgainAfterEtcdWasFrozenForLongerThanTheLease() {
    register();
    etcd().freeze();
    await().atMost(Duration.ofSeconds(8)).until(() -> lease.snapshot().state() == LeaseState.LOST);
    etcd().thaw();
    awaitRegistered();
  }

  @Test
  void registersWhenEtcdStartsAfterTheProcess() {
    etcd().stop();
    lease.claim(claims());
    await().until(() -> lease.snapshot().state() == LeaseState.ACQUIRING);
    etcd().start();
    awaitRegistered();
  }

  @Test
  void releasingOneKeyKeepsTheOther() throws Exception {
    register();
    lease.release(List.of(A)).get(5, TimeUnit.SECONDS);
    assertThat(etcd().keys("/services/")).containsExactly(B);
    assertThat(lease.snapshot().isHeld()).isTrue();
  }

  @Test
  void releasingTheLastKeyRevokesTheLease() throws Exception {
    register();
    lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
    assertThat(etcd().keys("/services/")).isEmpty();
    assertThat(etcd().leases()).isEmpty();
    assertThat(lease.snapshot().state()).isEqualTo(LeaseState.IDLE);
  }

  @Test
  void leavesNoLeaseIfClosedBeforeTheLeaseIsGranted() throws Exception {
    register();
    lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
    if (etcd() instanceof EmbeddedEtcd embedded) {
      embedded.delayAnswers(Duration.ofMillis(200));
    }
    lease.claim(claims());
    lease.close().get(5, TimeUnit.SECONDS);
    connection.close();
    assertThat(etcd().leases()).isEmpty();
    assertThat(etcd().keys("/services/")).isEmpty();
    open();
  }

  @Test
  void neverDeletesAKeyThatAnotherProcessHasTaken() throws Exception {
    ours.set(false);
    register();
    etcd().put(A, "somebody else");
    lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
    assertThat(etcd().keys("/services/")).containsExactly(A);
  }

  @Test
  void marksAKeyAsLeavingBeforeDeletingIt() throws Exception {
    List<String> seen = new ArrayList<>();
    register();
    EtcdConnection watcher = TestConnections.open(etcd());
    try {
      WatchedValues.of(watcher, A, seen);
      lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
      await().until(() -> seen.size() == 2);
      assertThat(seen).containsExactly("leaving-a", "(deleted)");
    } finally {
      watcher.close();
    }
  }

  @Test
  void aKeyRegisteredAgainDuringItsReleaseIsKept() {
    register();
    for (int i = 0; i < 20; i++) {
      lease.release(List.of(A, B));
      lease.claim(claims());
    }
    awaitRegistered();
    await().during(Duration.ofMillis(500)).until(() -> etcd().keys("/services/").size() == 2);
    assertThat(log.text()).doesNotContain("Deleted by another process");
  }

  /** Its mark was in etcd, and answered, before the new put, which then seemed to be there. */
  @Test
  void aKeyRegisteredAgainDuringItsReleaseIsNotLeftMarked() {
    register();
    for (int i = 0; i < 20; i++) {
      lease.release(List.of(A));
      lease.claim(claims());
      awaitRegistered();
      await()
          .atMost(Duration.ofSeconds(2))
          .until(() -> etcd().get(A).equals(Optional.of("value-a")));
    }
  }

  @Test
  void registeringAgainAfterReleaseCreatesANewLease() throws Exception {
    register();
    lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
    register();
    assertThat(etcd().leases()).hasSize(1);
  }

  void register() {
    lease.claim(claims());
    awaitRegistered();
  }

  void awaitRegistered() {
    await()
        .atMost(Duration.ofSeconds(8))
        .until(() -> lease.snapshot().isHeld() && etcd().keys("/services/").equals(List.of(A, B)));
  }

  List<Claim> claims() {
    return List.of(
        new Claim(A, "value-a", "leaving-a", ours::get),
        new Claim(B, "value-b", "leaving-b", ours::get));
  }

  private static EtcdRegistrar newRegistrar(EtcdConnection connection) {
    return new EtcdRegistrar(connection, TTL, Clock.systemUTC(), RandomGenerator.getDefault());
  }
}
