package dev.platform.spring.security;

import dev.platform.core.transport.TransportCertificates;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** The certificates of an SSL bundle. */
final class BundledCertificates {

  private BundledCertificates() {}

  /**
   * Never those of the JVM, which Java takes where a bundle has none.
   *
   * @throws IllegalArgumentException for a bundle without a key or an authority
   * @throws RuntimeException for one that can't be read
   */
  static TransportCertificates of(String name, SslBundle bundle) {
    String described = "SSL bundle " + name;
    if (bundle.getStores().getTrustStore() == null) {
      throw new IllegalArgumentException(described + " has no trusted authorities");
    }
    return TransportCertificates.of(
            described,
            bundle.getManagers().getKeyManagerFactory(),
            bundle.getManagers().getTrustManagerFactory())
        .with(
            list(bundle.getOptions().getEnabledProtocols()),
            list(bundle.getOptions().getCiphers()));
  }

  private static @Nullable List<String> list(String @Nullable [] values) {
    return values == null ? null : Arrays.asList(values);
  }
}
