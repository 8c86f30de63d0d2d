package dev.platform.core.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS settings of a connection that trusts a test's authority. */
final class TestTls {

  private static final char[] NO_PASSWORD = new char[0];

  private TestTls() {}

  static EtcdTls trusting(TestAuthority authority) {
    return tls(trust(authority), null);
  }

  static EtcdTls trusting(TestAuthority authority, TestCertificate own) {
    return tls(trust(authority), key(own));
  }

  /** Unusable certificates. */
  static EtcdTls broken() {
    try {
      return tls(TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()), null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EtcdTls tls(TrustManagerFactory trust, @Nullable KeyManagerFactory key) {
    return new EtcdTls("SSL bundle etcd", trust, key, null, null);
  }

  private static TrustManagerFactory trust(TestAuthority authority) {
    try {
      KeyStore trusted = empty();
      trusted.setCertificateEntry("authority", authority.certificate());
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManagerFactory key(TestCertificate own) {
    try {
      KeyStore keys = empty();
      keys.setKeyEntry("own", own.privateKey(), NO_PASSWORD, new Certificate[] {own.certificate()});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, NO_PASSWORD);
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
