package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are generated once: an upgrade reuses them from the cluster. */
class SecretsTest {

  private static final String CA = "mall-etcd-ca";
  private static final String SERVER = "mall-etcd-server-tls";
  private static final String CLIENT = "mall-etcd-order-app-client-tls";
  private static final String WITH_TLS =
      "{etcd: {tls: {enabled: true, days: 30}}, redis: {enabled: true}}";

  @Test
  void anUpgradeKeepsPasswordsAndCertificates() {
    Manifests installed = Chart.tryOut().with(WITH_TLS).render();
    assertThat(secrets(Chart.tryOut().with(WITH_TLS).render()))
        .as("without a cluster all secrets are new")
        .isNotEqualTo(secrets(installed));

    Chart upgrade = Chart.tryOut().with(WITH_TLS);
    Cluster.apply(installed);

    assertThat(secrets(upgrade.render())).isEqualTo(secrets(installed)).hasSize(18);
  }

  @Test
  void aDeletedCertificateIsReissuedByTheSameAuthority() throws Exception {
    Manifests installed = Chart.tryOut().with(WITH_TLS).render();
    Chart upgrade = Chart.tryOut().with(WITH_TLS);
    Cluster.apply(installed);
    Cluster.delete(SERVER);

    Manifests upgraded = upgrade.render();

    assertThat(secret(upgraded, CA)).isEqualTo(secret(installed, CA));
    assertThat(secret(upgraded, CLIENT)).isEqualTo(secret(installed, CLIENT));
    assertThat(secret(upgraded, SERVER)).isNotEqualTo(secret(installed, SERVER));
    certificate(upgraded, SERVER).verify(certificate(installed, CA).getPublicKey());
  }

  @Test
  void membersHaveServerCertificatesAndAppsAClientCertificate() throws Exception {
    Manifests manifests = Chart.tryOut().with(WITH_TLS).render();
    X509Certificate authority = certificate(manifests, CA);
    X509Certificate server = certificate(manifests, SERVER);

    assertThat(authority.getBasicConstraints()).isNotNegative();
    assertThat(server.getExtendedKeyUsage())
        .as("server and client usage, since members call each other")
        .contains("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(server.getSubjectAlternativeNames())
        .extracting(name -> name.get(1).toString())
        .contains(
            "mall-etcd.shop.svc",
            "mall-etcd-0.mall-etcd-headless.shop.svc",
            "mall-etcd-2.mall-etcd-headless.shop.svc",
            "*.mall-etcd-headless.shop.svc.cluster.local",
            "127.0.0.1");
    assertThat(server.getNotAfter().toInstant())
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(31)));
    for (String secret : List.of(SERVER, CLIENT)) {
      assertThatCode(() -> certificate(manifests, secret).verify(authority.getPublicKey()))
          .doesNotThrowAnyException();
      assertThat(secret(manifests, secret).get("ca.crt"))
          .isEqualTo(secret(manifests, CA).get("tls.crt"));
    }
    assertThat(manifests.config("order-app").toString())
        .contains("endpoints=[https://mall-etcd-0.mall-etcd-headless.shop.svc:2378")
        .contains("ssl={bundle=etcd}", "file:/etc/mall/etcd/ca.crt", "file:/etc/mall/etcd/tls.key");
  }

  @Test
  void nothingIsGeneratedWhereAllSecretsExist() {
    assertThat(Chart.of("production").render().ofKind("Secret")).isEmpty();
  }

  @Test
  void eachServiceHasACertificateOfItsOwn() throws Exception {
    Manifests manifests = Chart.tryOut().render();
    X509Certificate payment = certificate(manifests, "mall-payment-app-tls");

    payment.verify(certificate(manifests, "mall-ca").getPublicKey());
    assertThat(payment.getSubjectAlternativeNames())
        .extracting(name -> name.get(1).toString())
        .containsExactlyInAnyOrder(
            "payment-app",
            "payment-service",
            "bank-gateway",
            "mall-payment-app",
            "mall-payment-app.shop.svc");
    assertThat(manifests.get("Deployment", "mall-payment-app").podSpec().toString())
        .contains("secretName=mall-payment-app-tls", "secretName=mall-etcd-payment-app-client-tls")
        .doesNotContain("order-app-tls", "order-app-client-tls");
    Object security = Manifest.at(manifests.config("payment-app"), "platform", "security");
    assertThat(Manifest.at(security, "transport", "mode")).isEqualTo("strict");
    assertThat(Manifest.at(security, "authorization", "mode")).isEqualTo("enforce");
    assertThat(Manifest.at(security, "identities", "payment-app").toString())
        .contains("spiffe://mall.internal/ns/shop/sa/mall-payment-app", "bank-gateway");
    assertThat(Manifest.at(security, "authorization", "rules").toString())
        .contains("[payment.v1.PaymentService/*]={callers=[order-app]}");
  }

  @Test
  void certManagerIssuesTheSameIdentities() {
    Manifests manifests = Variants.chart("certificates by cert-manager").render();

    Manifest payment = manifests.get("Certificate", "mall-payment-app-tls");
    assertThat(payment.at("spec", "uris").toString())
        .isEqualTo("[spiffe://mall.internal/ns/shop/sa/mall-payment-app]");
    assertThat(manifests.get("Certificate", "mall-etcd-root-tls").at("spec", "commonName"))
        .isEqualTo("root");
    assertThat(manifests.get("Certificate", "mall-etcd-order-app-client-tls").at("spec"))
        .asString()
        .contains("commonName=order-app");
    assertThat(manifests.ofKind("Secret"))
        .extracting(Manifest::name)
        .noneMatch(name -> name.endsWith("tls") || name.endsWith("ca"));
  }

  @Test
  void etcdKnowsEachServiceByItsCertificate(@TempDir Path copy) throws Exception {
    Manifest job =
        Chart.tryOut()
            .with("registry: {namespace: /staging}")
            .withoutHooks(copy)
            .render()
            .get("Job", "mall-etcd-users");

    assertThat(job.container().get("env").toString())
        .contains(
            "inventory-app=inventory-service,product-service,recommendation-service;"
                + "order-app=order-service,notification-service;"
                + "payment-app=payment-service,bank-gateway")
        .contains("value=/staging", "value=/etc/etcd/root/tls.key");
    assertThat(job.podSpec().toString()).contains("secretName=mall-etcd-root-tls");
  }

  @Test
  void generatedPasswordsDoNotRestartAnything() {
    Manifests one = Chart.tryOut().with(WITH_TLS).render();
    Manifests other = Chart.tryOut().with(WITH_TLS).render();

    assertThat(secrets(one)).isNotEqualTo(secrets(other));
    for (Manifest workload : one.workloads()) {
      assertThat(workload).isEqualTo(other.get(workload.kind(), workload.name()));
    }
  }

  private static Map<String, Object> secrets(Manifests manifests) {
    Map<String, Object> secrets = new TreeMap<>();
    manifests.ofKind("Secret").forEach(secret -> secrets.put(secret.name(), secret.at("data")));
    return secrets;
  }

  private static Map<String, Object> secret(Manifests manifests, String name) {
    return Manifest.map(manifests.get("Secret", name).at("data"));
  }

  private static X509Certificate certificate(Manifests manifests, String secret) throws Exception {
    byte[] pem = Base64.getDecoder().decode(secret(manifests, secret).get("tls.crt").toString());
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }
}
