package dev.platform.core.transport;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509TrustManager;

/** Certificates of a test's authorities, as factories have them. */
final class TestCertificates {

  private static final char[] NO_PASSWORD = new char[0];

  private TestCertificates() {}

  static TransportCertificates of(TestCertificate own, TestAuthority... trusted) {
    return TransportCertificates.of("SSL bundle mesh", keys(own), trust(trusted));
  }

  static KeyManagerFactory keys(TestCertificate own) {
    return keys(own.certificate(), own.privateKey());
  }

  static KeyManagerFactory keys(X509Certificate certificate, PrivateKey key) {
    try {
      KeyStore store = empty();
      store.setKeyEntry("own", key, NO_PASSWORD, new Certificate[] {certificate});
      return keys(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyManagerFactory noKeys() {
    try {
      return keys(empty());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManagerFactory keys(KeyStore store) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory;
  }

  static TrustManagerFactory trust(TestAuthority... trusted) {
    try {
      KeyStore store = empty();
      for (int i = 0; i < trusted.length; i++) {
        store.setCertificateEntry("authority" + i, trusted[i].certificate());
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
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

  /** Those factory's authorities, for as long as nothing has expired. */
  static TrustManagerFactory trust(
      TrustManagerFactory authorities, BooleanSupplier expired, TestAuthority issuer) {
    X509TrustManager real = (X509TrustManager) authorities.getTrustManagers()[0];
    X509TrustManager expiring =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            real.checkClientTrusted(chain, authType);
            if (expired.getAsBoolean()) {
              throw new CertificateExpiredException("expired in this test");
            }
          }

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            real.checkServerTrusted(chain, authType);
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[] {issuer.certificate()};
          }
        };
    return new Fixed(expiring);
  }

  private static final class Fixed extends TrustManagerFactory {

    Fixed(TrustManager manager) {
      super(
          new TrustManagerFactorySpi() {
            @Override
            protected void engineInit(KeyStore store) {}

            @Override
            protected void engineInit(ManagerFactoryParameters parameters) {}

            @Override
            protected TrustManager[] engineGetTrustManagers() {
              return new TrustManager[] {manager};
            }
          },
          null,
          "fixed");
    }
  }
}
