package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.core.LogLines;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** TLS with an embedded and a real etcd. */
abstract class EtcdTlsFaults {

  private static final Instant NOW = Instant.now();

  @RegisterExtension final LogLines log = LogLines.ofPackage(EtcdConnection.class);

  private final TestAuthority authority = TestAuthority.create("ours");
  private final TestAuthority other = TestAuthority.create("theirs");
  private EtcdServer etcd;
  private EtcdConnection connection;

  abstract EtcdServer server(ServerTls tls);

  abstract void certificate(EtcdServer server, TestCertificate certificate);

  @AfterEach
  void close() {
    connection.close();
    etcd.close();
  }

  @Test
  void trustsTheCertificateAuthorityOfTheBundle() {
    connect(ServerTls.of(authority.issue("etcd")), TestTls.trusting(authority));
    awaitAnswer();
    assertThat(lines()).isEmpty();
  }

  @Test
  void presentsTheClientCertificateOfTheBundle() {
    connect(
        ServerTls.mutual(authority.issue("etcd"), other),
        TestTls.trusting(authority, other.issue("app")));
    awaitAnswer();
    assertThat(lines()).isEmpty();
  }

  @Test
  void logsAnUntrustedAuthorityOnce() {
    connect(ServerTls.of(authority.issue("etcd")), TestTls.trusting(other));
    failSeveralTimes();
    assertThat(lines())
        .containsExactly(
            "WARN etcd at [%s] does not answer, retrying: etcd's certificate is by an authority"
                    .formatted(etcd.endpoint())
                + " that is not trusted (platform.etcd.ssl.bundle): unable to find valid"
                + " certification path to requested target");
  }

  @Test
  void logsAnExpiredCertificateOnceAndReconnectsAfterRenewal() {
    connect(ServerTls.of(expired(authority)), TestTls.trusting(authority));
    failSeveralTimes();
    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith(
            "WARN etcd at [%s] does not answer, retrying: etcd's certificate is not valid at"
                    .formatted(etcd.endpoint())
                + " this time, renew it: NotAfter: ");

    certificate(etcd, authority.issue("etcd"));
    awaitAnswer();
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1))
        .isEqualTo("INFO etcd at [%s] answers again".formatted(etcd.endpoint()));
  }

  @Test
  void logsAMissingClientCertificateOnce() {
    connect(ServerTls.mutual(authority.issue("etcd"), authority), TestTls.trusting(authority));
    String line =
        "WARN etcd at [%s] does not answer, retrying: etcd refused the client's certificate,"
                .formatted(etcd.endpoint())
            + " or asks for one (platform.etcd.ssl.bundle): ";
    // A connection reset may discard the server's TLS alert; a later attempt receives it.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              failSeveralTimes();
              return lines().stream().anyMatch(told -> told.startsWith(line));
            });
    failSeveralTimes();
    assertThat(lines()).filteredOn(told -> told.startsWith(line)).hasSize(1);
  }

  @Test
  void switchesToAChangedBundleAndWatchesMissNothing() {
    connect(
        ServerTls.mutual(authority.issue("etcd"), authority),
        TestTls.trusting(authority, authority.issue("app")));
    awaitAnswer();
    List<String> broken = new CopyOnWriteArrayList<>();
    List<Event> events = new CopyOnWriteArrayList<>();
    watch(1, events, broken);

    certificate(etcd, other.issue("etcd"));
    connection.replaceTls(TestTls.trusting(other, authority.issue("app")));

    await().until(() -> !broken.isEmpty());
    etcd.put("k", "1");
    watch(1, events, broken);
    await().until(() -> events.size() == 1);
    assertThat(broken).containsExactly("other certificates");
    etcd.restart();
    awaitAnswer();
    assertThat(lines().get(0))
        .isEqualTo("INFO SSL bundle etcd has changed, connected to etcd with the new one");
  }

  @Test
  void keepsTheOldBundleUntilEtcdIsReachedWithTheNewOne() {
    connect(ServerTls.of(authority.issue("etcd")), TestTls.trusting(authority));
    awaitAnswer();

    connection.replaceTls(TestTls.trusting(other));

    await().until(() -> !lines().isEmpty());
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> read() && lines().size() == 1);
    assertThat(lines().get(0))
        .isEqualTo(
            "WARN SSL bundle etcd has changed, but etcd can't be reached with it, keeping the"
                + " old one until it can: etcd's certificate is by an authority that is not trusted"
                + " (platform.etcd.ssl.bundle): unable to find valid certification path to"
                + " requested target");

    certificate(etcd, other.issue("etcd"));
    await().atMost(Duration.ofSeconds(20)).until(() -> lines().size() == 2);
    assertThat(lines().get(1))
        .isEqualTo("INFO SSL bundle etcd has changed, connected to etcd with the new one");
    awaitAnswer();
  }

  @Test
  void keepsTheOldBundleWhenTheNewOneIsBroken() throws Exception {
    connect(ServerTls.of(authority.issue("etcd")), TestTls.trusting(authority));
    awaitAnswer();

    connection.replaceTls(TestTls.broken());

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("WARN SSL bundle etcd has changed and can't be used, keeping the old one: ");
    assertThat(read()).isTrue();
  }

  private void watch(long revision, List<Event> events, List<String> broken) {
    connection.execute(
        () ->
            connection
                .watches()
                .watch(
                    ByteString.copyFromUtf8("k"),
                    ByteString.EMPTY,
                    revision,
                    new EtcdWatches.Listener() {
                      @Override
                      public void onEvents(List<Event> more) {
                        events.addAll(more);
                      }

                      @Override
                      public void onBroken(String reason) {
                        broken.add(reason);
                      }
                    }));
  }

  private void connect(ServerTls tls, EtcdTls certificates) {
    etcd = server(tls);
    etcd.start();
    connection = TestConnections.open(etcd, certificates);
  }

  private void awaitAnswer() {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> {
              connection.reconnect();
              return read();
            });
  }

  private void failSeveralTimes() {
    for (int i = 0; i < 4; i++) {
      connection.reconnect();
      try {
        read();
        throw new AssertionError("the read succeeded");
      } catch (ExecutionException expected) {
        // Expected on each attempt.
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private boolean read() throws InterruptedException, ExecutionException {
    connection
        .kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build())
        .get();
    return true;
  }

  private List<String> lines() {
    return log.lines().stream()
        .filter(line -> !line.contains("etcd at [") || line.contains(":" + etcd.port()))
        .toList();
  }

  private static TestCertificate expired(TestAuthority authority) {
    return authority.issue("etcd", NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofDays(1)));
  }
}
