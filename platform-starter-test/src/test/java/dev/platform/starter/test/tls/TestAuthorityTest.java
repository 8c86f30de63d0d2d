package dev.platform.starter.test.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

class TestAuthorityTest {

  private final TestAuthority authority = TestAuthority.create("tests");

  @Test
  void issuesCertificatesAcceptedByThoseThatTrustIt() {
    TestCertificate issued = authority.issue("etcd");

    assertThatCode(() -> trusting(authority).checkServerTrusted(chain(issued), "ECDHE_ECDSA"))
        .doesNotThrowAnyException();
    assertThatCode(() -> trusting(authority).checkClientTrusted(chain(issued), "EC"))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                trusting(TestAuthority.create("tests"))
                    .checkServerTrusted(chain(issued), "ECDHE_ECDSA"))
        .hasStackTraceContaining("PKIX path");
  }

  @Test
  void namesAServiceByItsCommonName() throws Exception {
    assertThat(authority.issue("payment-service").certificate().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains("payment-service", "localhost");
  }

  @Test
  void namesTheSubjectAndThisMachine() throws Exception {
    X509Certificate certificate = authority.issue("a client with a rather long name").certificate();

    assertThat(certificate.getSubjectX500Principal().getName())
        .isEqualTo("CN=a client with a rather long name");
    assertThat(certificate.getIssuerX500Principal().getName()).isEqualTo("CN=tests");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(authority.certificate().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
  }

  @Test
  void issuesCertificatesThatHaveExpired() {
    Instant now = Instant.now();
    TestCertificate expired =
        authority.issue("etcd", now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));

    assertThatThrownBy(expired.certificate()::checkValidity)
        .isInstanceOf(CertificateExpiredException.class);
    assertThatThrownBy(() -> trusting(authority).checkServerTrusted(chain(expired), "ECDHE_ECDSA"))
        .hasRootCauseInstanceOf(CertificateExpiredException.class)
        .hasStackTraceContaining(CertPathValidatorException.class.getName());
  }

  @Test
  void isTheSameAuthorityWithItsCertificateAndKey() throws Exception {
    KeyFactory keys = KeyFactory.getInstance("EC");
    byte[] key =
        Base64.getMimeDecoder()
            .decode(authority.privateKeyPem().replaceAll("-----[A-Z ]+-----", ""));
    TestAuthority again =
        TestAuthority.of(
            authority.certificate(), keys.generatePrivate(new PKCS8EncodedKeySpec(key)));
    Instant now = Instant.now();

    TestCertificate issued =
        again.issue(
            "payment-app",
            List.of("payment-service", "bank-gateway"),
            List.of("spiffe://mall.dev/payment-app"),
            now.minus(Duration.ofHours(1)),
            now.plus(Duration.ofHours(1)));

    assertThatCode(() -> trusting(authority).checkServerTrusted(chain(issued), "ECDHE_ECDSA"))
        .doesNotThrowAnyException();
    assertThat(issued.certificate().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly(
            "payment-service",
            "bank-gateway",
            "spiffe://mall.dev/payment-app",
            "127.0.0.1",
            "0:0:0:0:0:0:0:1");
  }

  @Test
  void writesPem() throws Exception {
    TestCertificate issued = authority.issue("etcd");

    var read =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    issued.certificatePem().getBytes(StandardCharsets.US_ASCII)));

    assertThat(read).isEqualTo(issued.certificate());
    assertThat(issued.privateKeyPem()).startsWith("-----BEGIN PRIVATE KEY-----\n");
    assertThat(issued.toString()).doesNotContain(issued.privateKeyPem().substring(30, 60));
  }

  private static X509Certificate[] chain(TestCertificate issued) {
    return List.of(issued.certificate()).toArray(X509Certificate[]::new);
  }

  private static X509TrustManager trusting(TestAuthority authority) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) Arrays.stream(factory.getTrustManagers()).findFirst().orElseThrow();
  }
}
