package dev.platform.tests.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications with mutual TLS from Spring's SSL bundles. */
@ExtendWith(OutputCaptureExtension.class)
class SecuredTransportTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final TestAuthority authority = TestAuthority.create("mall");

  private static Map<String, Object> app(String name, String mode) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", name);
    properties.put("test.instance", name);
    properties.put("platform.security.transport.mode", mode);
    return properties;
  }

  private Map<String, Object> secured(String name, String mode) {
    return secured(name, mode, authority.issue(name, Set.of(name), Set.of()));
  }

  private Map<String, Object> secured(String name, String mode, TestCertificate own) {
    Map<String, Object> properties = app(name, mode);
    properties.put("platform.security.transport.bundle", "mesh");
    properties.put("spring.ssl.bundle.pem.mesh.keystore.certificate", own.certificatePem());
    properties.put("spring.ssl.bundle.pem.mesh.keystore.private-key", own.privateKeyPem());
    properties.put("spring.ssl.bundle.pem.mesh.truststore.certificate", authority.certificatePem());
    return properties;
  }

  private static String call(Channel channel) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }

  /** As a client that knows nothing of the platform. */
  private static ManagedChannel plaintext(ConfigurableApplicationContext server) {
    return Grpc.newChannelBuilder(
            "127.0.0.1:" + Line.serverPort(server), InsecureChannelCredentials.create())
        .build();
  }

  private static String registered(String service) {
    EmbeddedEtcd server = etcd.embeddedServer();
    return server.get(server.keys("/services/" + service + "/").get(0)).orElseThrow();
  }

  @Test
  void strictApplicationsCallEachOtherAndNobodyElse(CapturedOutput output) {
    try (var callee = TestApp.start(secured("callee", "strict"));
        var caller = TestApp.start(secured("caller", "strict"));
        var open = TestApp.start(app("open", "plaintext"))) {
      assertThat(call(Line.channel(caller, "callee"))).isEqualTo("callee");
      assertThat(registered("callee")).contains("\"tls\":\"mutual\"");
      assertThat(registered("open")).doesNotContain("\"tls\"");
      assertThatThrownBy(() -> call(Line.channel(open, "callee")))
          .hasMessageContaining("UNAVAILABLE");
      assertThatThrownBy(() -> call(Line.channel(caller, "open")))
          .hasMessageContaining("TLS with open failed");
      assertThat(
              callee
                  .getBean(MeterRegistry.class)
                  .get("platform.security.certificate.expiry")
                  .timeGauge()
                  .value(TimeUnit.HOURS))
          .isBetween(22.0, 25.0);
      assertThat(
              HealthGrpc.newBlockingStub(Line.channel(caller, "callee"))
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
    assertThat(output).doesNotContain("platform.security.transport.bundle: mesh (expected");
  }

  @Test
  void aFleetMovesWithPermissiveApplications() throws Exception {
    try (var open = TestApp.start(app("open", "plaintext"));
        var moving = TestApp.start(secured("moving", "permissive"));
        var strict = TestApp.start(secured("strict", "strict"))) {
      assertThat(call(Line.channel(open, "moving"))).isEqualTo("moving");
      assertThat(call(Line.channel(moving, "open"))).isEqualTo("open");
      assertThat(call(Line.channel(moving, "strict"))).isEqualTo("strict");
      assertThat(call(Line.channel(strict, "moving"))).isEqualTo("moving");
      ManagedChannel foreign = plaintext(moving);
      try {
        assertThat(call(foreign)).isEqualTo("moving");
      } finally {
        foreign.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aChangedBundleIsUsedForTheNextConnection(CapturedOutput output) {
    TestAuthority next = TestAuthority.create("next");
    try (var callee = TestApp.start(secured("callee", "strict"));
        var before = TestApp.start(secured("before", "strict"));
        var after = TestApp.start(secured("after", "strict"))) {
      assertThat(call(Line.channel(before, "callee"))).isEqualTo("callee");
      update(callee, next.issue("callee", Set.of("callee"), Set.of()), next);
      update(after, next.issue("after", Set.of("after"), Set.of()), next);
      assertThat(output).contains("SSL bundle mesh has changed, handshakes use the new one");
      assertThat(call(Line.channel(after, "callee"))).isEqualTo("callee");
      // Its connection lives on.
      assertThat(call(Line.channel(before, "callee"))).isEqualTo("callee");

      callee.getBean(SslBundleRegistry.class).updateBundle("mesh", SslBundle.of(null));
      assertThat(output)
          .contains(
              "SSL bundle mesh has changed and can't be used, keeping the old one: SSL bundle mesh"
                  + " has no trusted authorities");
    }
  }

  private static void update(
      ConfigurableApplicationContext app, TestCertificate own, TestAuthority trusted) {
    app.getBean(SslBundleRegistry.class)
        .updateBundle(
            "mesh",
            SslBundle.of(
                new PemSslStoreBundle(
                    PemSslStoreDetails.forCertificate(own.certificatePem())
                        .withPrivateKey(own.privateKeyPem()),
                    PemSslStoreDetails.forCertificate(trusted.certificatePem()))));
  }

  @Test
  void keyStoresDoAsWell(@TempDir Path folder) throws Exception {
    TestCertificate own = authority.issue("callee", Set.of("callee"), Set.of());
    KeyStore keys = KeyStore.getInstance("JKS");
    keys.load(null, null);
    keys.setKeyEntry(
        "own", own.privateKey(), "secret".toCharArray(), new Certificate[] {own.certificate()});
    KeyStore trusted = KeyStore.getInstance("JKS");
    trusted.load(null, null);
    trusted.setCertificateEntry("mall", authority.certificate());
    Map<String, Object> properties = app("callee", "strict");
    properties.put("platform.security.transport.bundle", "stores");
    String prefix = "spring.ssl.bundle.jks.stores.";
    properties.put(prefix + "keystore.location", "file:" + write(keys, folder, "keys.jks"));
    properties.put(prefix + "keystore.password", "secret");
    properties.put(prefix + "truststore.location", "file:" + write(trusted, folder, "trust.jks"));
    properties.put(prefix + "truststore.password", "secret");
    try (var callee = TestApp.start(properties);
        var caller = TestApp.start(secured("caller", "strict"))) {
      assertThat(call(Line.channel(caller, "callee"))).isEqualTo("callee");
      assertThat(callee.getBean(TransportSecurity.class).certificate()).contains(own.certificate());
    }
  }

  private static Path write(KeyStore store, Path folder, String name) throws Exception {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "secret".toCharArray());
    }
    return file;
  }

  @Test
  void identitiesNameTheWorkloadAndWhatItServes(CapturedOutput output) {
    TestCertificate own = authority.issue("", Set.of(), Set.of("spiffe://mall.test/ns/a/sa/b"));
    Map<String, Object> properties = secured("callee", "strict", own);
    Map<String, Object> calling = secured("caller", "strict");
    for (Map<String, Object> each : List.of(properties, calling)) {
      each.put("platform.security.trust-domain", "mall.test");
      each.put("platform.security.identities.shop.spiffe-id", "spiffe://mall.test/ns/a/sa/b");
      each.put("platform.security.identities.shop.services", "callee");
    }
    try (var callee = TestApp.start(properties);
        var caller = TestApp.start(calling)) {
      assertThat(callee.getBean(TransportSecurity.class).workload()).contains("shop");
      assertThat(call(Line.channel(caller, "callee"))).isEqualTo("callee");
    }
    assertThat(output).doesNotContain("platform.security.transport.bundle: mesh (expected");
  }

  @Test
  void certificatesThatNobodyWouldAcceptAreReported(CapturedOutput output) {
    Instant now = Instant.now();
    TestCertificate own =
        authority.issue("another", now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
    try (var app = TestApp.start(secured("callee", "strict", own))) {
      assertThat(app.isActive()).isTrue();
    }
    assertThat(output)
        .contains(
            "platform.security.transport.bundle: mesh (expected: a certificate that is valid now",
            "platform.security.transport.bundle: mesh (expected: a certificate of callee");
  }

  @Test
  void aStartWithoutUsableCertificatesFails() {
    Map<String, Object> none = app("callee", "strict");
    assertFails(
        none,
        "platform.security.transport.bundle: null (expected: the name of an SSL bundle under"
            + " spring.ssl.bundle, for platform.security.transport.mode)");
    Map<String, Object> unknown = app("callee", "strict");
    unknown.put("platform.security.transport.bundle", "mesch");
    assertFails(unknown, "platform.security.transport.bundle: mesch (expected: the name of an SSL");
    Map<String, Object> noKey = app("callee", "strict");
    noKey.put("platform.security.transport.bundle", "mesh");
    noKey.put("spring.ssl.bundle.pem.mesh.truststore.certificate", authority.certificatePem());
    assertFails(noKey, "SSL bundle mesh has no certificate with its private key");
    Map<String, Object> noTrust = secured("callee", "strict");
    noTrust.remove("spring.ssl.bundle.pem.mesh.truststore.certificate");
    assertFails(noTrust, "SSL bundle mesh has no trusted authorities");
    Map<String, Object> unknownMode = app("callee", "mutual");
    assertFails(unknownMode, "platform.security.transport.mode");
    Map<String, Object> bothKinds = secured("callee", "strict");
    bothKinds.putAll(Line.ownServerTls("mesh"));
    assertFails(bothKinds, "platform.security.transport.mode: plaintext)");
  }

  private static void assertFails(Map<String, Object> properties, String message) {
    assertThatThrownBy(() -> TestApp.start(properties).close()).hasStackTraceContaining(message);
  }

  @Test
  void aChannelWithItsOwnAddressOrSecurityIsNotTouched() {
    try (var open = TestApp.start(app("open", "plaintext"))) {
      Map<String, Object> properties = secured("caller", "strict");
      properties.putAll(Line.channelTo("elsewhere", "dns:///127.0.0.1:" + Line.serverPort(open)));
      properties.putAll(Line.ownPlaintext("open"));
      try (var caller = TestApp.start(properties)) {
        assertThat(call(Line.channel(caller, "elsewhere"))).isEqualTo("open");
        assertThat(call(Line.channel(caller, "open"))).isEqualTo("open");
      }
    }
  }
}
