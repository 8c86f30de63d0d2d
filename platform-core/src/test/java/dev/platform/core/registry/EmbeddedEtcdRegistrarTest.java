package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The last tests need an etcd that can change while stopped, or be full. */
class EmbeddedEtcdRegistrarTest extends EtcdRegistrarFaults {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }

  @Test
  void leavesAKeyTakenByAnotherProcessWhileTheLeaseWasLost() {
    ours.set(false);
    register();
    overwriteKeyAndExpireLease();
    await().until(() -> lease.snapshot().contestedKeys().equals(List.of(A)));
    await().until(() -> etcd().get(B).isPresent());
    await()
        .during(TTL)
        .atMost(Duration.ofSeconds(4))
        .until(() -> etcd().get(A).equals(Optional.of("somebody else")));
    etcd().delete(A);
    awaitRegistered();
  }

  @Test
  void reclaimsItsAddressTakenByAnotherProcessWhileTheLeaseWasLost() {
    register();
    overwriteKeyAndExpireLease();
    await().until(() -> etcd().get(A).equals(Optional.of("value-a")));
    awaitRegistered();
  }

  private void overwriteKeyAndExpireLease() {
    etcd().stop();
    etcd().expireLease(etcd().leases().get(0));
    etcd().put(A, "somebody else");
    etcd().start();
  }

  @Test
  void keepsTheLeaseOfOtherKeysWhileAFullEtcdRejectsOne() {
    register();
    String before = lease.snapshot().leaseId();
    etcd.embeddedServer().outOfSpace(true);
    etcd().delete(B);
    await()
        .during(TTL.plusSeconds(1))
        .atMost(Duration.ofSeconds(5))
        .until(() -> etcd().keys("/services/").equals(List.of(A)));
    etcd.embeddedServer().outOfSpace(false);
    awaitRegistered();
    assertThat(lease.snapshot().leaseId()).isEqualTo(before);
  }

  @Test
  void detectsASuccessfulPutWhoseAnswerWasLost() {
    register();
    long before = lease.snapshot().acquisitions();
    etcd.embeddedServer().delayAnswers(Duration.ofMillis(300));
    etcd().delete(A);
    await().pollInterval(Duration.ofMillis(5)).until(() -> etcd().get(A).isPresent());
    etcd.embeddedServer().dropConnections();
    etcd.embeddedServer().delayAnswers(Duration.ZERO);
    await().until(() -> lease.snapshot().acquisitions() > before);
    awaitRegistered();
  }

  @Test
  void leavesNoKeyOrLeaseIfReleasedWhileReacquiringItsLease() throws Exception {
    register();
    etcd().stop();
    await().atMost(Duration.ofSeconds(8)).until(() -> lease.snapshot().state() == LeaseState.LOST);
    etcd.embeddedServer().delayAnswers(Duration.ofMillis(300));
    etcd().start();
    await().pollInterval(Duration.ofMillis(10)).until(() -> etcd().leases().size() == 2);
    assertThat(etcd().keys("/services/")).isNotEmpty();
    lease.release(List.of(A, B)).get(5, TimeUnit.SECONDS);
    assertThat(etcd().keys("/services/")).isEmpty();
    assertThat(etcd().leases()).isEmpty();
  }
}
