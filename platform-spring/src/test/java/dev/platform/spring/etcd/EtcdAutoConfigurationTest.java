package dev.platform.spring.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.core.InvalidPropertyException;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestAuthority;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Spring's SSL bundles with an etcd that uses TLS. */
@ExtendWith(OutputCaptureExtension.class)
class EtcdAutoConfigurationTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final TestAuthority authority = TestAuthority.create("ours");
  private final TestAuthority other = TestAuthority.create("theirs");
  private final EmbeddedEtcd etcd =
      EmbeddedEtcd.builder().tls(ServerTls.mutual(authority.issue("etcd"), other)).build();
  private ApplicationContextRunner app;

  @BeforeEach
  void start() {
    etcd.start();
    app =
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(SslAutoConfiguration.class, EtcdAutoConfiguration.class))
            .withBean(
                SslBundleRegistrar.class, () -> bundles -> bundles.registerBundle("etcd", bundle()))
            .withPropertyValues(
                "platform.etcd.endpoints=https://127.0.0.1:" + etcd.port(),
                "platform.etcd.ssl.bundle=etcd");
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  @Test
  void usesTheTrustAndCertificateOfTheBundle() {
    app.run(context -> awaitAnswer(context.getBean(EtcdConnection.class)));
  }

  @Test
  void aReplacedBundleIsReloaded(CapturedOutput output) {
    app.run(
        context -> {
          awaitAnswer(context.getBean(EtcdConnection.class));

          context.getBean(SslBundleRegistry.class).updateBundle("etcd", bundle());

          await()
              .atMost(TIMEOUT)
              .until(
                  () ->
                      output
                          .getAll()
                          .contains(
                              "SSL bundle etcd has changed, connected to etcd with the new one"));
        });
  }

  @Test
  void anUnreadableReplacementKeepsTheOldBundleInUse(CapturedOutput output) {
    app.run(
        context -> {
          EtcdConnection connection = context.getBean(EtcdConnection.class);
          awaitAnswer(connection);

          SslBundle broken =
              SslBundle.of(new PemSslStoreBundle(null, trust("-----BEGIN CERTIFICATE-----\nA")));
          context.getBean(SslBundleRegistry.class).updateBundle("etcd", broken);

          assertThat(output)
              .containsOnlyOnce(
                  "SSL bundle etcd has changed and can't be used, keeping the old one: ");
          assertThat(read(connection)).isTrue();
        });
  }

  @Test
  void aMissingBundleIsReportedWithItsProperty() {
    app.withPropertyValues("platform.etcd.ssl.bundle=missing")
        .run(
            context ->
                assertThatThrownBy(() -> context.getBean(EtcdConnection.class))
                    .hasRootCauseInstanceOf(NoSuchSslBundleException.class)
                    .cause()
                    .cause()
                    .isInstanceOf(InvalidPropertyException.class)
                    .hasMessageStartingWith(
                        "platform.etcd.ssl.bundle: missing (expected: the name of an SSL bundle"));
  }

  private SslBundle bundle() {
    var own = other.issue("app");
    PemSslStoreDetails key =
        PemSslStoreDetails.forCertificate(own.certificatePem()).withPrivateKey(own.privateKeyPem());
    return SslBundle.of(new PemSslStoreBundle(key, trust(authority.certificatePem())));
  }

  private static PemSslStoreDetails trust(String pem) {
    return PemSslStoreDetails.forCertificate(pem);
  }

  private static void awaitAnswer(EtcdConnection connection) {
    await()
        .atMost(TIMEOUT)
        .ignoreExceptions()
        .until(
            () -> {
              connection.reconnect();
              return read(connection);
            });
  }

  private static boolean read(EtcdConnection connection) throws Exception {
    connection
        .kv()
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build())
        .get();
    return true;
  }
}
