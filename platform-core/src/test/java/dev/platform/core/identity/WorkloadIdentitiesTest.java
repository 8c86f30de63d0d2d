package dev.platform.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.InvalidPropertyException;
import dev.platform.starter.test.tls.TestAuthority;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadIdentitiesTest {

  private static final TestAuthority AUTHORITY = TestAuthority.create("mall");

  private final WorkloadIdentities identities =
      WorkloadIdentities.of(
          "mall.example",
          List.of(
              new WorkloadIdentity(
                  "payment-app",
                  "spiffe://mall.example/payment",
                  Set.of("pay.mall.example"),
                  Set.of("payment-service", "bank-gateway")),
              new WorkloadIdentity(
                  "order-app",
                  null,
                  Set.of("order-service", "notification-service"),
                  Set.of("order-service", "notification-service"))));

  @Test
  void exactlyOneSpiffeIdProvesAWorkload() {
    assertThat(workload(List.of(), List.of("spiffe://mall.example/payment")))
        .isEqualTo(PeerIdentity.of("payment-app"));
    assertThat(workload(List.of(), List.of("spiffe://mall.example/ns/shop/sa/warehouse")))
        .isEqualTo(PeerIdentity.of("ns/shop/sa/warehouse"));
  }

  @Test
  void anIdWinsOverNames() {
    assertThat(workload(List.of("order-service"), List.of("spiffe://mall.example/payment")))
        .isEqualTo(PeerIdentity.of("payment-app"));
  }

  @Test
  void severalUrisProveNothing() {
    assertThat(
            workload(
                List.of("order-service"),
                List.of("spiffe://mall.example/payment", "https://mall.example/")))
        .isEqualTo(PeerIdentity.none("the certificate has 2 URIs (expected: one)"));
  }

  @Test
  void idsOfOthersProveNothing() {
    assertThat(workload(List.of(), List.of("spiffe://other.example/payment")))
        .isEqualTo(
            PeerIdentity.none("\"spiffe://other.example/payment\" is of an unknown trust domain"));
    assertThat(workload(List.of(), List.of("https://mall.example/payment")))
        .isEqualTo(PeerIdentity.none("\"https://mall.example/payment\" is no SPIFFE id"));
    assertThat(workload(List.of(), List.of("spiffe://mall.example/../payment/%2e")))
        .extracting(PeerIdentity::workload)
        .isNull();
  }

  /** Otherwise the path of an id could take the name of a workload that has another id. */
  @Test
  void thePathOfAnIdIsNotTheNameOfAConfiguredWorkload() {
    assertThat(workload(List.of(), List.of("spiffe://mall.example/payment-app")))
        .isEqualTo(
            PeerIdentity.none(
                "\"spiffe://mall.example/payment-app\" is not the id of payment-app"));
  }

  @Test
  void dnsNamesProveTheWorkloadThatTheyBelongTo() {
    assertThat(workload(List.of("Order-Service", "notification-service"), List.of()))
        .isEqualTo(PeerIdentity.of("order-app"));
    assertThat(workload(List.of("stranger"), List.of()))
        .isEqualTo(
            PeerIdentity.none(
                "the certificate has neither a SPIFFE id nor a name in"
                    + " platform.security.identities"));
    assertThat(workload(List.of(), List.of()).workload()).isNull();
  }

  @Test
  void namesOfSeveralWorkloadsAreAmbiguous() {
    assertThat(workload(List.of("order-service", "pay.mall.example"), List.of()))
        .isEqualTo(
            PeerIdentity.none(
                "the certificate has names of several workloads: [order-app, payment-app]"));
  }

  @Test
  void aWildcardProvesNothing() {
    assertThat(workload(List.of("*.mall.example", "*"), List.of()).workload()).isNull();
    assertThat(identities.serves(certificate(List.of("*"), List.of()), "order-service")).isFalse();
  }

  @Test
  void manyNamesProveNothing() {
    List<String> names =
        new java.util.ArrayList<>(
            IntStream.range(0, 300).mapToObj(number -> "name-" + number).toList());
    Collections.addAll(names, "order-service");
    assertThat(workload(names, List.of()))
        .isEqualTo(PeerIdentity.none("the certificate has more than 256 names"));
    assertThat(identities.serves(certificate(names, List.of()), "order-service")).isFalse();
  }

  @Test
  void aServerMayServeWhatItsNameOrItsWorkloadSays() {
    X509Certificate payment = certificate(List.of(), List.of("spiffe://mall.example/payment"));
    assertThat(identities.serves(payment, "payment-service")).isTrue();
    assertThat(identities.serves(payment, "bank-gateway")).isTrue();
    assertThat(identities.serves(payment, "order-service")).isFalse();
    X509Certificate named = certificate(List.of("inventory-service"), List.of());
    assertThat(identities.serves(named, "inventory-service")).isTrue();
    assertThat(identities.serves(named, "payment-service")).isFalse();
  }

  @Test
  void aNameBelongsToOneWorkload() {
    assertThatThrownBy(
            () ->
                WorkloadIdentities.of(
                    null,
                    List.of(
                        new WorkloadIdentity("a", null, Set.of("Shop"), Set.of()),
                        new WorkloadIdentity("b", null, Set.of("shop"), Set.of()))))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessage(
            "platform.security.identities.b.dns-names: shop (expected: a name that only one"
                + " workload has; it is one of a, too)");
  }

  @Test
  void malformedNamesAreRefused() {
    assertThatThrownBy(
            () ->
                WorkloadIdentities.of(
                    "mall", List.of(new WorkloadIdentity("a", "spiffe://x/a", Set.of(), Set.of()))))
        .hasMessage(
            "platform.security.identities.a.spiffe-id: spiffe://x/a (expected: an id of"
                + " platform.security.trust-domain, mall)");
    assertThatThrownBy(
            () ->
                WorkloadIdentities.of(
                    null, List.of(new WorkloadIdentity("a", null, Set.of("*.x"), Set.of()))))
        .hasMessage(
            "platform.security.identities.a.dns-names: *.x (expected: names without wildcards)");
    assertThatThrownBy(() -> WorkloadIdentities.of("Mall!", List.of()))
        .hasMessage(
            "platform.security.trust-domain: Mall! (expected: lower case letters, digits, dots,"
                + " dashes)");
  }

  private PeerIdentity workload(List<String> dnsNames, List<String> uris) {
    return identities.workload(certificate(dnsNames, uris));
  }

  private static X509Certificate certificate(List<String> dnsNames, List<String> uris) {
    return AUTHORITY.issue("test", dnsNames, uris).certificate();
  }
}
