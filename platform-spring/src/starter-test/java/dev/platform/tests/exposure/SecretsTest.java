package dev.platform.tests.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Passwords in logs and endpoints. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTest {

  private static final String SECRET = "hunter2-of-etcd";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final HttpClient http = HttpClient.newHttpClient();

  /** This etcd has no users, which is logged. */
  @Test
  void noLogLineAndNoEndpointHasThePasswordOfEtcd(CapturedOutput output) throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "secrets");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.etcd.username", "somebody");
    properties.put("platform.etcd.password", SECRET);
    properties.put("management.endpoints.web.exposure.include", "*");
    properties.put("management.endpoint.health.show-details", "always");
    properties.put("logging.level.dev.platform", "debug");
    try (ConfigurableApplicationContext app = TestApp.startWithWeb(properties)) {
      Awaitility.await().until(() -> output.getAll().contains("has authentication switched off"));

      for (String endpoint :
          new String[] {
            "env",
            "env/platform.etcd.password",
            "configprops",
            "platform",
            "health",
            "beans",
            "conditions",
            "threaddump",
            "prometheus"
          }) {
        String answer = get(app, "/actuator/" + endpoint);
        assertThat(answer).as(endpoint).isNotEmpty().doesNotContain(SECRET);
      }
    }
    assertThat(output.getAll()).doesNotContain(SECRET);
  }

  private static String get(ConfigurableApplicationContext app, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + TestApp.webPort(app) + path))
                .build(),
            BodyHandlers.ofString())
        .body();
  }
}
