package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import org.jspecify.annotations.Nullable;

/**
 * How a server secures the port that clients use.
 *
 * @param certificate the server's own
 * @param clientAuthority clients need a certificate from it; null asks them for none
 */
public record ServerTls(TestCertificate certificate, @Nullable TestAuthority clientAuthority) {

  /** Any client may connect. */
  public static ServerTls of(TestCertificate certificate) {
    return new ServerTls(certificate, null);
  }

  /** Mutual TLS: only clients with a certificate of this authority may connect. */
  public static ServerTls mutual(TestCertificate certificate, TestAuthority clientAuthority) {
    return new ServerTls(certificate, clientAuthority);
  }
}
