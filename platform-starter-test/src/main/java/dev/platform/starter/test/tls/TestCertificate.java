package dev.platform.starter.test.tls;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A certificate and its private key, for either side of a connection.
 *
 * @param certificate as issued by a {@link TestAuthority}
 * @param privateKey the key of the certificate
 */
public record TestCertificate(X509Certificate certificate, PrivateKey privateKey) {

  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /** The certificate as etcd and Spring's SSL bundles read it from a file or a property. */
  public String certificatePem() {
    return pem(certificate);
  }

  /** The key in PKCS#8, unencrypted. */
  public String privateKeyPem() {
    return pem("PRIVATE KEY", privateKey.getEncoded());
  }

  static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("can't encode the certificate", e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, BASE64.encodeToString(bytes), what);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "TestCertificate[" + certificate.getSubjectX500Principal() + "]";
  }
}
