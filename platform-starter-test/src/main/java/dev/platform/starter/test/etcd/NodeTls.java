package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** TLS of an embedded server, whose certificate may change while it runs. Thread-safe. */
final class NodeTls {

  private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
  private final SslContext context;

  NodeTls(ServerTls tls) {
    certificate(tls.certificate());
    SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(key));
    TestAuthority clients = tls.clientAuthority();
    if (clients != null) {
      builder.clientAuth(ClientAuth.REQUIRE).trustManager(clients.certificate());
    }
    try {
      context = builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS with this certificate", e);
    }
  }

  SslContext context() {
    return context;
  }

  /** For the connections from now on. */
  void certificate(TestCertificate certificate) {
    key.updateIdentityCredentials(
        new X509Certificate[] {certificate.certificate()}, certificate.privateKey());
  }
}
