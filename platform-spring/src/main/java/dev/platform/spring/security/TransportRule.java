package dev.platform.spring.security;

import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.Finding;
import dev.platform.spring.registry.EtcdRegistration;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;

/** Certificates with which no client would call this process. */
final class TransportRule implements ConfigurationRule {

  private static final String BUNDLE = TransportSecurityProperties.PREFIX + ".bundle";

  private final TransportSecurityProperties properties;
  private final TransportSecurity security;
  private final ObjectProvider<EtcdRegistration> registration;
  private final Clock clock;

  TransportRule(
      TransportSecurityProperties properties,
      TransportSecurity security,
      ObjectProvider<EtcdRegistration> registration,
      Clock clock) {
    this.properties = properties;
    this.security = security;
    this.registration = registration;
    this.clock = clock;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    security.certificate().ifPresent(own -> validity(own, found));
    if (security.isEncrypted()) {
      registration.ifAvailable(own -> services(own.getServiceIds(), found));
    }
    return found;
  }

  private void validity(X509Certificate own, List<Finding> found) {
    try {
      own.checkValidity(Date.from(clock.instant()));
    } catch (CertificateException e) {
      found.add(
          new Finding(
              BUNDLE,
              properties.bundle(),
              "a certificate that is valid now; this one is from %s until %s"
                  .formatted(own.getNotBefore().toInstant(), own.getNotAfter().toInstant())));
    }
  }

  private void services(List<String> registered, List<Finding> found) {
    for (String service : registered) {
      if (!security.serves(service)) {
        found.add(
            new Finding(
                BUNDLE,
                properties.bundle(),
                "a certificate of %s, by a DNS name or platform.security.identities.*.services"
                    .formatted(service)));
      }
    }
  }
}
