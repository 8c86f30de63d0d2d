package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

/** TLS of an embedded server, whose certificate may change while it runs. Thread-safe. */
final class NodeTls {

  private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
  private final ServerCredentials credentials;

  NodeTls(ServerTls tls) {
    certificate(tls.certificate());
    TlsServerCredentials.Builder builder = TlsServerCredentials.newBuilder().keyManager(key);
    TestAuthority clients = tls.clientAuthority();
    if (clients != null) {
      builder.clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      trust(builder, clients);
    }
    credentials = builder.build();
  }

  private static void trust(TlsServerCredentials.Builder builder, TestAuthority clients) {
    byte[] pem = clients.certificatePem().getBytes(StandardCharsets.US_ASCII);
    try {
      builder.trustManager(new ByteArrayInputStream(pem));
    } catch (IOException e) {
      throw new IllegalStateException("can't set up TLS with this authority", e);
    }
  }

  ServerCredentials credentials() {
    return credentials;
  }

  /** For new connections. */
  void certificate(TestCertificate certificate) {
    key.updateIdentityCredentials(
        new X509Certificate[] {certificate.certificate()}, certificate.privateKey());
  }
}
