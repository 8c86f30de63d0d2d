package dev.platform.core.transport;

import static dev.platform.core.transport.TestCertificates.keys;
import static dev.platform.core.transport.TestCertificates.noKeys;
import static dev.platform.core.transport.TestCertificates.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import org.junit.jupiter.api.Test;

class TransportCertificatesTest {

  private final TestAuthority authority = TestAuthority.create("mall");
  private final TestCertificate own = authority.issue("payment-service");

  @Test
  void aCertificateNeedsItsKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransportCertificates.of("mesh", noKeys(), trust(authority)))
        .withMessage("mesh has no certificate with its private key");
    TestCertificate another = authority.issue("payment-service");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TransportCertificates.of(
                    "mesh", keys(own.certificate(), another.privateKey()), trust(authority)))
        .withMessage("mesh has a certificate and a key that don't match");
  }

  @Test
  void somebodyMustBeTrusted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransportCertificates.of("mesh", keys(own), trust()))
        .withMessage("mesh has no trusted authorities");
  }

  @Test
  void plaintextHasNone() {
    TransportCertificates certificates =
        TransportCertificates.of("mesh", keys(own), trust(authority));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransportSecurity.builder(TransportMode.PLAINTEXT, certificates))
        .withMessage("mode: PLAINTEXT (expected: STRICT or PERMISSIVE)");
    assertThat(TransportSecurity.plaintext().metadata()).isEmpty();
    assertThat(TransportSecurity.plaintext().certificate()).isEmpty();
  }
}
