package dev.platform.dev.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class DevCertificateDefaultsTest {

  @TempDir private Path folder;

  @Test
  void aSecuredAppGetsACertificateForItsServices() {
    ConfigurableEnvironment environment =
        with(
            Map.of(
                "platform.security.transport.mode",
                "strict",
                "platform.registry.services",
                "order-service, notification-service"));

    assertThat(environment.getProperty("platform.security.transport.bundle"))
        .isEqualTo("platform-dev");
    assertThat(environment.getProperty("platform.security.trust-domain")).isEqualTo("mall.dev");
    assertThat(environment.getProperty("spring.ssl.bundle.pem.platform-dev.keystore.certificate"))
        .isEqualTo("file:" + folder.resolve("order-app.pem"));
    assertThat(folder.resolve("order-app-key.pem")).isNotEmptyFile();
  }

  @Test
  void anAppWithABundleOrWithoutSecurityGetsNone() {
    with(Map.of());
    with(Map.of("platform.security.transport.mode", "plaintext"));
    with(
        Map.of(
            "platform.security.transport.mode", "strict",
            "platform.security.transport.bundle", "mine"));

    assertThat(folder).isEmptyDirectory();
  }

  private ConfigurableEnvironment with(Map<String, Object> user) {
    Map<String, Object> properties = new HashMap<>(user);
    properties.put("spring.application.name", "order-app");
    properties.put("platform.dev.certificates.directory", folder.toString());
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(new MapPropertySource("user", properties));
    DevCertificateDefaults.addTo(environment);
    return environment;
  }
}
