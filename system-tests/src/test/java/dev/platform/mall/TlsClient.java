package dev.platform.mall;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client over TLS, by gRPC's own means. What it proves and whom it trusts can be replaced; the
 * next handshake uses that. Thread-safe.
 */
final class TlsClient {

  private final @Nullable AdvancedTlsX509KeyManager key;
  private final AdvancedTlsX509TrustManager trust;

  private TlsClient(@Nullable AdvancedTlsX509KeyManager key, AdvancedTlsX509TrustManager trust) {
    this.key = key;
    this.trust = trust;
  }

  /**
   * A client that trusts these authorities.
   *
   * @param own null for one without a certificate
   */
  static TlsClient of(List<TestAuthority> trusted, @Nullable TestCertificate own) {
    try {
      TlsClient client =
          new TlsClient(
              own == null ? null : new AdvancedTlsX509KeyManager(),
              AdvancedTlsX509TrustManager.newBuilder()
                  .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
                  .build());
      client.trust(trusted);
      if (own != null) {
        client.prove(own);
      }
      return client;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  void trust(List<TestAuthority> authorities) {
    try {
      trust.updateTrustCredentials(
          authorities.stream().map(TestAuthority::certificate).toArray(X509Certificate[]::new));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void prove(TestCertificate certificate) {
    if (key == null) {
      throw new IllegalStateException("a client without a certificate");
    }
    key.updateIdentityCredentials(
        new X509Certificate[] {certificate.certificate()}, certificate.privateKey());
  }

  /**
   * A channel whose server must be this one.
   *
   * @param name a DNS name of its certificate
   */
  ManagedChannel connect(String hostAndPort, String name) {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(trust);
    if (key != null) {
      credentials.keyManager(key);
    }
    return Grpc.newChannelBuilder("dns:///" + hostAndPort, credentials.build())
        .overrideAuthority(name)
        .build();
  }
}
