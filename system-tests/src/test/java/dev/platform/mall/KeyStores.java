package dev.platform.mall;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate and a trusted authority, as the JDK's TLS takes them.
 *
 * @param key of the certificate
 * @param trust in the authority alone
 */
record KeyStores(KeyManagerFactory key, TrustManagerFactory trust) {

  private static final char[] NO_PASSWORD = new char[0];

  static KeyStores of(TestAuthority authority, TestCertificate own) {
    try {
      KeyStore keys = empty();
      keys.setKeyEntry("own", own.privateKey(), NO_PASSWORD, new Certificate[] {own.certificate()});
      KeyManagerFactory key =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      key.init(keys, NO_PASSWORD);
      KeyStore trusted = empty();
      trusted.setCertificateEntry("authority", authority.certificate());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      return new KeyStores(key, trust);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK has no key stores", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
