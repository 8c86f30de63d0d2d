package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.SilentCalls;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.LeaseGrpc;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member of etcd that is cut off from the others accepts requests, and does not answer. */
class SilentMemberTest {

  private static final String KEY = "/services/a/127.0.0.1:1000";

  /** A silent member that is waited for costs the lease. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private static final Duration TTL = Duration.ofSeconds(3);
  private static final Duration IN_TIME = Duration.ofMillis(2500);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final SilentCalls silent = new SilentCalls();
  private EtcdConnection connection;
  private EtcdRegistrar registrar;

  @BeforeEach
  void open() {
    connection = silent.open(etcd.server().port(), null, null, REQUEST_TIMEOUT);
    registrar = new EtcdRegistrar(connection, TTL, Clock.systemUTC(), RandomGenerator.getDefault());
  }

  @AfterEach
  void close() throws Exception {
    registrar.close().get(5, TimeUnit.SECONDS);
    connection.close();
  }

  @Test
  void aLeaseThatIsNotGrantedThereIsGrantedByTheNextOne() {
    silent.silenceNext(LeaseGrpc.getLeaseGrantMethod());

    claim();

    await().atMost(IN_TIME).until(() -> registrar.snapshot().isHeld());
    assertThat(registrar.snapshot().leaseId())
        .isEqualTo(Long.toHexString(etcd.server().leases().get(0)));
  }

  @Test
  void aRenewalThatIsNotAnsweredThereIsSentToTheNextOne() {
    claim();
    await().until(() -> registrar.renewals() > 0);
    String lease = registrar.snapshot().leaseId();
    silent.silenceOpen(LeaseGrpc.getLeaseKeepAliveMethod());
    long renewals = registrar.renewals();

    await().until(() -> registrar.renewals() >= renewals + 2);

    assertThat(registrar.snapshot().leaseId()).isEqualTo(lease);
    assertThat(registrar.snapshot().acquisitions()).isOne();
    assertThat(registrar.failedRenewals()).isZero();
    assertThat(etcd.server().get(KEY)).isEqualTo(Optional.of("value"));
    assertThat(silent.count(LeaseGrpc.getLeaseKeepAliveMethod())).isGreaterThan(1);
  }

  private void claim() {
    registrar.claim(List.of(new Claim(KEY, "value", "leaving", () -> true)));
  }
}
