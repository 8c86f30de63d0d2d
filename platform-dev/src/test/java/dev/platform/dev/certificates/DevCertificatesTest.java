package dev.platform.dev.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.dev.certificates.DevCertificates.Issued;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevCertificatesTest {

  private static final List<String> SERVICES = List.of("payment-service", "bank-gateway");

  private final Instant start = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void namesTheWorkloadItsServicesAndThisMachine() throws Exception {
    Issued issued = at(start).of("payment-app", SERVICES);

    X509Certificate certificate = read(issued.certificate());
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly(
            "bank-gateway",
            "localhost",
            "payment-service",
            "spiffe://mall.dev/payment-app",
            "127.0.0.1",
            "0:0:0:0:0:0:0:1");
    assertThat(issued.spiffeId()).isEqualTo("spiffe://mall.dev/payment-app");
    certificate.verify(read(issued.authority()).getPublicKey());
    assertThat(issued.key()).content().startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void onlyTheOwnerCanReadAnyOfIt() throws Exception {
    at(start).of("payment-app", SERVICES);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".pem")))
          .hasSize(4)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void keepsCertificatesUntilTheyEndSoon() throws Exception {
    X509Certificate first = made(start, SERVICES);

    assertThat(made(start.plus(Duration.ofDays(19)), SERVICES)).isEqualTo(first);
    X509Certificate renewed = made(start.plus(Duration.ofDays(21)), SERVICES);
    assertThat(renewed).isNotEqualTo(first);
    assertThat(renewed.getNotAfter().toInstant()).isEqualTo(start.plus(Duration.ofDays(51)));
    assertThat(renewed.getIssuerX500Principal()).isEqualTo(first.getIssuerX500Principal());
  }

  @Test
  void anAuthorityThatEndsSoonIsReplacedWithAllCertificates() throws Exception {
    X509Certificate first = made(start, SERVICES);
    Instant later = start.plus(Duration.ofDays(356));

    X509Certificate renewed = made(later, SERVICES);

    assertThat(renewed.getIssuerX500Principal()).isNotEqualTo(first.getIssuerX500Principal());
    renewed.verify(read(folder.resolve("ca.pem")).getPublicKey());
  }

  @Test
  void noCertificateOutlivesItsAuthority() throws Exception {
    at(start).of("order-app", List.of());

    X509Certificate late = made(start.plus(Duration.ofDays(350)), SERVICES);

    assertThat(late.getNotAfter().toInstant()).isEqualTo(start.plus(Duration.ofDays(365)));
  }

  @Test
  void anotherSetOfServicesOrTrustDomainNeedsAnotherCertificate() throws Exception {
    X509Certificate first = made(start, SERVICES);

    X509Certificate more = made(start, List.of("payment-service"));
    assertThat(more).isNotEqualTo(first);
    Issued elsewhere =
        new DevCertificates(folder, "example.org", Clock.fixed(start, ZoneOffset.UTC))
            .of("payment-app", List.of("payment-service"));
    assertThat(read(elsewhere.certificate())).isNotEqualTo(more);
  }

  @Test
  void filesThatCannotBeReadOrDoNotBelongTogetherAreReplaced() throws Exception {
    Issued issued = at(start).of("payment-app", SERVICES);
    Issued other = at(start).of("order-app", List.of("order-service"));
    Files.writeString(issued.certificate(), "damaged");
    X509Certificate again = made(start, SERVICES);

    Files.copy(other.key(), issued.key(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(made(start, SERVICES)).isNotEqualTo(again);

    Files.writeString(folder.resolve("ca-key.pem"), "damaged");
    made(start, SERVICES).verify(read(folder.resolve("ca.pem")).getPublicKey());
  }

  @Test
  void severalProcessesMakeOneAuthority() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Issued>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String app = "app-" + i;
        work.add(() -> at(start).of(app, List.of()));
      }
      for (Future<Issued> each : threads.invokeAll(work)) {
        read(each.get().certificate()).verify(read(each.get().authority()).getPublicKey());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesNamesThatAreNoFileNames() {
    for (String name : List.of("../evil", "", "a/b", "ca")) {
      assertThatThrownBy(() -> at(start).of(name, SERVICES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  void theUsersFolderFollowsXdg() {
    assertThat(DevCertificates.userFolder(Map.of("XDG_STATE_HOME", "/state"), "/home/ana"))
        .isEqualTo(Path.of("/state/platform-dev/certificates"));
    assertThat(DevCertificates.userFolder(Map.of("XDG_STATE_HOME", "relative"), "/home/ana"))
        .isEqualTo(Path.of("/home/ana/.local/state/platform-dev/certificates"));
  }

  private X509Certificate made(Instant now, List<String> services) throws Exception {
    return read(at(now).of("payment-app", services).certificate());
  }

  private DevCertificates at(Instant now) {
    return new DevCertificates(folder, "mall.dev", Clock.fixed(now, ZoneOffset.UTC));
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
