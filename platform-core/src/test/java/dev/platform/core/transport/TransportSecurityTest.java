package dev.platform.core.transport;

import static dev.platform.core.transport.Connected.MUTUAL;
import static dev.platform.core.transport.Connected.converse;
import static dev.platform.core.transport.Connected.who;
import static dev.platform.core.transport.TransportMode.PERMISSIVE;
import static dev.platform.core.transport.TransportMode.STRICT;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.core.LogLines;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.identity.WorkloadIdentity;
import dev.platform.core.transport.Connected.Conversation;
import dev.platform.core.transport.Connected.Netty;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mutual TLS on real sockets, with BoringSSL and with the JDK's TLS. */
class TransportSecurityTest {

  private static final String PAYMENT = "payment-service";
  private static final WorkloadIdentities IDENTITIES =
      WorkloadIdentities.of(
          "mall.test",
          List.of(
              new WorkloadIdentity("order-app", null, Set.of("order-service"), Set.of()),
              new WorkloadIdentity(
                  "payment-app", "spiffe://mall.test/ns/mall/sa/pay", Set.of(), Set.of(PAYMENT))));

  @RegisterExtension private final LogLines log = LogLines.ofPackage(TransportSecurity.class);

  private final TestAuthority authority = TestAuthority.create("mall");
  private final TestAuthority other = TestAuthority.create("other");
  private final TransportCertificates order = certificates(issue("order-service"));
  private final TransportCertificates payment = certificates(issue(PAYMENT));
  private final List<Connected> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(Connected::close);
  }

  private Connected on(Netty netty) {
    Connected connected = new Connected(netty);
    open.add(connected);
    return connected;
  }

  private TestCertificate issue(String name) {
    return authority.issue(name, Set.of(name), Set.of());
  }

  private TransportCertificates certificates(TestCertificate own) {
    return TestCertificates.of(own, authority);
  }

  private static TransportSecurity security(TransportMode mode, TransportCertificates own) {
    return TransportSecurity.builder(mode, own).identities(IDENTITIES).build();
  }

  private static void assertRefused(ManagedChannel channel) {
    assertRefused(channel, "");
  }

  private static void assertRefused(ManagedChannel channel, String... reasons) {
    assertThatThrownBy(() -> who(channel))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(e.getStatus().getDescription()).contains(reasons);
            });
  }

  private static double failures(TransportSecurity server, String reason) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    server.bindTo(meters);
    return meters
        .get("platform.security.handshake.failures")
        .tag("reason", reason)
        .functionCounter()
        .count();
  }

  @ParameterizedTest
  @EnumSource
  void aStrictServerKnowsItsCallerByTheCertificate(Netty netty) {
    Connected here = on(netty);
    int port = here.serve(security(STRICT, payment));
    assertThat(who(here.channel(security(STRICT, order), PAYMENT, MUTUAL, port)))
        .isEqualTo("order-app");
    assertThat(who(here.channel(security(PERMISSIVE, order), PAYMENT, MUTUAL, port)))
        .isEqualTo("order-app");
  }

  @ParameterizedTest
  @EnumSource
  void aStrictServerRefusesPlaintext(Netty netty) {
    Connected here = on(netty);
    TransportSecurity server = security(STRICT, payment);
    int port = here.serve(server);
    assertRefused(here.channel(TransportSecurity.plaintext(), PAYMENT, MUTUAL, port));
    assertRefused(here.channel(security(PERMISSIVE, order), PAYMENT, Map.of(), port));
    await().untilAsserted(() -> assertThat(failures(server, "not_tls")).isPositive());
  }

  @ParameterizedTest
  @EnumSource
  void aPermissiveServerTakesBothOnOnePort(Netty netty) {
    Connected here = on(netty);
    int port = here.serve(security(PERMISSIVE, payment));
    assertThat(who(here.channel(security(STRICT, order), PAYMENT, Map.of(), port)))
        .isEqualTo("order-app");
    assertThat(who(here.channel(security(PERMISSIVE, order), PAYMENT, MUTUAL, port)))
        .isEqualTo("order-app");
    assertThat(who(here.channel(TransportSecurity.plaintext(), PAYMENT, MUTUAL, port)))
        .isEqualTo("the connection is not encrypted");
    // Whoever removes the metadata talks a permissive client down: docs/security.md says so.
    assertThat(who(here.channel(security(PERMISSIVE, order), PAYMENT, Map.of(), port)))
        .isEqualTo("the connection is not encrypted");
  }

  @ParameterizedTest
  @EnumSource
  void aPlaintextServerIsCalledByAllButStrictClients(Netty netty) {
    Connected here = on(netty);
    int port = here.serve(TransportSecurity.plaintext());
    assertThat(who(here.channel(TransportSecurity.plaintext(), PAYMENT, Map.of(), port)))
        .isEqualTo("the connection is not encrypted");
    assertThat(who(here.channel(security(PERMISSIVE, order), PAYMENT, Map.of(), port)))
        .isEqualTo("the connection is not encrypted");
    assertRefused(here.channel(security(STRICT, order), PAYMENT, Map.of(), port), "TLS with");
  }

  @ParameterizedTest
  @EnumSource
  void certificatesWithSpiffeIdsAloneDo(Netty netty) {
    Connected here = on(netty);
    TestCertificate pay =
        authority.issue("", Set.of(), Set.of("spiffe://mall.test/ns/mall/sa/pay"));
    TestCertificate shop = authority.issue("", Set.of(), Set.of("spiffe://mall.test/shop"));
    int port = here.serve(security(STRICT, certificates(pay)));
    TransportSecurity client = security(STRICT, certificates(shop));
    assertThat(who(here.channel(client, PAYMENT, MUTUAL, port))).isEqualTo("shop");
    assertRefused(
        here.channel(client, "bank-gateway", MUTUAL, port),
        "TLS with bank-gateway failed",
        "it proves payment-app");
  }

  @ParameterizedTest
  @EnumSource
  void theCertificateOfAnotherServiceIsRefused(Netty netty) {
    Connected here = on(netty);
    // Host names are no criterion: this one is a valid certificate of the machine.
    int port = here.serve(security(STRICT, certificates(authority.issue("order-service"))));
    TransportSecurity client = security(STRICT, order);
    assertRefused(
        here.channel(client, PAYMENT, MUTUAL, port),
        "TLS with payment-service failed: the server's certificate is not one of payment-service",
        "it proves order-app");
    int wildcard =
        here.serve(
            security(STRICT, certificates(authority.issue("x", Set.of("*-service"), Set.of()))));
    assertRefused(here.channel(client, PAYMENT, MUTUAL, wildcard), "is not one of payment-service");
  }

  @ParameterizedTest
  @EnumSource
  void anImpostorAmongGoodInstancesGetsNoCalls(Netty netty) {
    Connected here = on(netty);
    int impostor = here.serve(security(STRICT, order));
    int good = here.serve(security(STRICT, payment));
    ManagedChannel channel =
        here.channel(security(STRICT, order), PAYMENT, MUTUAL, impostor, good, impostor);
    for (int i = 0; i < 50; i++) {
      assertThat(who(channel)).isEqualTo("order-app");
    }
  }

  @ParameterizedTest
  @EnumSource
  void certificatesOfOtherAuthoritiesAreRefusedByBoth(Netty netty) {
    Connected here = on(netty);
    TransportCertificates stranger =
        TestCertificates.of(
            other.issue("order-service", Set.of("order-service"), Set.of()), authority, other);
    TransportSecurity server = security(STRICT, payment);
    int port = here.serve(server);
    assertRefused(here.channel(security(STRICT, stranger), PAYMENT, MUTUAL, port), "TLS with");
    await().untilAsserted(() -> assertThat(failures(server, "unknown_authority")).isPositive());

    int strange =
        here.serve(
            security(
                STRICT,
                TestCertificates.of(
                    other.issue(PAYMENT, Set.of(PAYMENT), Set.of()), authority, other)));
    assertRefused(
        here.channel(security(STRICT, order), PAYMENT, MUTUAL, strange),
        "unable to find valid certification path");
  }

  @ParameterizedTest
  @EnumSource
  void certificatesAreOnlyGoodWhileTheyAreValid(Netty netty) {
    Connected here = on(netty);
    Instant now = Instant.now();
    for (boolean expired : List.of(true, false)) {
      Instant from = expired ? now.minus(ofDays(2)) : now.plus(ofDays(1));
      Instant until = from.plus(ofDays(1));
      TransportSecurity server = security(STRICT, payment);
      int port = here.serve(server);
      TransportCertificates client = certificates(authority.issue("order-service", from, until));
      assertRefused(here.channel(security(STRICT, client), PAYMENT, MUTUAL, port), "TLS with");
      await()
          .untilAsserted(
              () ->
                  assertThat(failures(server, expired ? "expired" : "not_yet_valid")).isPositive());

      int bad = here.serve(security(STRICT, certificates(authority.issue(PAYMENT, from, until))));
      assertRefused(
          here.channel(security(STRICT, order), PAYMENT, MUTUAL, bad),
          "TLS with",
          expired ? "NotAfter" : "NotBefore");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientNeedsACertificateUnlessTheServerIsPermissive(Netty netty) {
    Connected here = on(netty);
    var anonymous =
        TlsChannelCredentials.newBuilder()
            .trustManager(TestCertificates.trust(authority).getTrustManagers())
            .build();
    TransportSecurity server = security(STRICT, payment);
    assertRefused(here.foreign(anonymous, PAYMENT, here.serve(server)));
    await().untilAsserted(() -> assertThat(failures(server, "no_certificate")).isPositive());
    int permissive = here.serve(security(PERMISSIVE, payment));
    assertThat(who(here.foreign(anonymous, PAYMENT, permissive)))
        .isEqualTo("the client showed no certificate");
    assertThat(who(here.foreign(InsecureChannelCredentials.create(), PAYMENT, permissive)))
        .isEqualTo("the connection is not encrypted");
  }

  @ParameterizedTest
  @EnumSource
  void olderTlsIsUsedWhereItIsAllThereIs(Netty netty) {
    Connected here = on(netty);
    int port = here.serve(security(STRICT, payment.with(List.of("TLSv1.2"), null)));
    assertThat(who(here.channel(security(STRICT, order), PAYMENT, MUTUAL, port)))
        .isEqualTo("order-app");
    TransportSecurity none = security(STRICT, order.with(List.of("TLSv1.3"), null));
    assertRefused(here.channel(none, PAYMENT, MUTUAL, port), "TLS with");
  }

  @ParameterizedTest
  @EnumSource
  void certificatesAreReplacedWithoutEndingCalls(Netty netty) {
    Connected here = on(netty);
    TransportSecurity server = security(STRICT, payment);
    TransportSecurity client = security(STRICT, order);
    int port = here.serve(server);
    ManagedChannel channel = here.channel(client, PAYMENT, MUTUAL, port);
    Conversation conversation = converse(channel);
    conversation.ask();
    await().untilAsserted(() -> assertThat(conversation.answers).hasSize(1));

    // First both trust both, then each has its new certificate, then the old authority goes.
    server.replace(TestCertificates.of(issue(PAYMENT), authority, other));
    client.replace(TestCertificates.of(issue("order-service"), authority, other));
    TestCertificate newPayment = other.issue(PAYMENT, Set.of(PAYMENT), Set.of());
    TestCertificate newOrder = other.issue("order-service", Set.of("order-service"), Set.of());
    server.replace(TestCertificates.of(newPayment, authority, other));
    client.replace(TestCertificates.of(newOrder, authority, other));
    server.replace(TestCertificates.of(newPayment, other));
    client.replace(TestCertificates.of(newOrder, other));

    assertThat(who(here.channel(client, PAYMENT, MUTUAL, port))).isEqualTo("order-app");
    assertRefused(here.channel(security(STRICT, order), PAYMENT, MUTUAL, port), "TLS with");
    conversation.ask();
    conversation.finish();
    await().untilAsserted(() -> assertThat(conversation.end).isEqualTo("completed"));
    assertThat(conversation.answers).containsExactly("order-app", "order-app");
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsNoLongerTrustedIsOutAtTheMaximumConnectionAge(Netty netty) {
    Connected here = on(netty);
    TransportSecurity server =
        TransportSecurity.builder(STRICT, payment)
            .identities(IDENTITIES)
            .maxConnectionAge(ofSeconds(1), ofSeconds(1))
            .build();
    int port = here.serve(server);
    ManagedChannel channel = here.channel(security(STRICT, order), PAYMENT, MUTUAL, port);
    assertThat(who(channel)).isEqualTo("order-app");
    server.replace(TestCertificates.of(issue(PAYMENT), other));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertRefused(channel, "TLS with payment-service failed"));
  }

  @ParameterizedTest
  @EnumSource
  void certificatesThatCanNotBeUsedAreNotUsed(Netty netty) {
    Connected here = on(netty);
    TransportSecurity server = security(STRICT, payment);
    Instant now = Instant.now();
    server.replace(
        certificates(authority.issue(PAYMENT, now.minus(ofDays(2)), now.minus(ofDays(1)))));
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN SSL bundle mesh has changed and can't be used, keeping the old one: ");
    assertThat(server.certificate()).contains(payment.certificate());
    int port = here.serve(server);
    assertThat(who(here.channel(security(STRICT, order), PAYMENT, MUTUAL, port)))
        .isEqualTo("order-app");
  }
}
