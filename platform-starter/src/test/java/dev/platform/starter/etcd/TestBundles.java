package dev.platform.starter.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** SSL bundles as Spring makes them of PEM files. */
final class TestBundles {

  private TestBundles() {}

  static SslBundle trusting(TestAuthority authority) {
    return SslBundle.of(new PemSslStoreBundle(null, trust(authority.certificatePem())));
  }

  static SslBundle trusting(TestAuthority authority, TestCertificate own) {
    PemSslStoreDetails key =
        PemSslStoreDetails.forCertificate(own.certificatePem()).withPrivateKey(own.privateKeyPem());
    return SslBundle.of(new PemSslStoreBundle(key, trust(authority.certificatePem())));
  }

  static PemSslStoreDetails trust(String pem) {
    return PemSslStoreDetails.forCertificate(pem);
  }
}
