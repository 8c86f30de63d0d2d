package dev.platform.dev.defaults;

import dev.platform.dev.certificates.DevCertificates;
import dev.platform.dev.certificates.DevCertificates.Issued;
import dev.platform.dev.certificates.DevCertificatesProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * An app whose transport is secured, but that names no SSL bundle, gets a certificate of the
 * development authority, for the services that it registers.
 */
final class DevCertificateDefaults {

  private static final String NAME = "platformDevCertificates";
  private static final String TRANSPORT = "platform.security.transport.";
  private static final String TRUST_DOMAIN = "platform.security.trust-domain";
  private static final String BUNDLE = "platform-dev";
  private static final String BUNDLE_PREFIX = "spring.ssl.bundle.pem." + BUNDLE + ".";
  private static final Set<String> SECURED = Set.of("strict", "permissive");

  private DevCertificateDefaults() {}

  static void addTo(ConfigurableEnvironment environment) {
    String app = environment.getProperty("spring.application.name");
    if (app == null
        || environment.getPropertySources().contains(NAME)
        || !SECURED.contains(environment.getProperty(TRANSPORT + "mode", ""))
        || environment.containsProperty(TRANSPORT + "bundle")) {
      return;
    }
    String trustDomain = environment.getProperty(TRUST_DOMAIN, DevCertificates.TRUST_DOMAIN);
    Issued issued = issue(app, trustDomain, environment);
    DevDefaults.addLow(
        environment.getPropertySources(),
        new MapPropertySource(
            NAME,
            Map.of(
                TRANSPORT + "bundle",
                BUNDLE,
                TRUST_DOMAIN,
                trustDomain,
                BUNDLE_PREFIX + "keystore.certificate",
                "file:" + issued.certificate(),
                BUNDLE_PREFIX + "keystore.private-key",
                "file:" + issued.key(),
                BUNDLE_PREFIX + "truststore.certificate",
                "file:" + issued.authority())));
  }

  private static Issued issue(String app, String trustDomain, ConfigurableEnvironment environment) {
    Binder binder = Binder.get(environment);
    Path own =
        binder
            .bindOrCreate("platform.dev.certificates", DevCertificatesProperties.class)
            .directory();
    Path folder =
        own != null
            ? own
            : DevCertificates.userFolder(System.getenv(), System.getProperty("user.home", "."));
    List<String> services =
        binder
            .bind("platform.registry.services", Bindable.listOf(String.class))
            .orElse(List.of(app));
    try {
      return new DevCertificates(folder, trustDomain, Clock.systemUTC()).of(app, services);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write certificates to " + folder, e);
    }
  }
}
