package dev.platform.tests.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.tests.app.TestApp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The actuator on a port of its own. */
class ManagementPortTest {

  private static final HttpClient http = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.startWithWeb(
            Map.of(
                "spring.application.name", "two-ports",
                "platform.registry.enabled", "false",
                "platform.discovery.enabled", "false",
                "management.server.port", "0",
                "management.server.address", "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void probesAndThePlatformStayOnThePortOfTheApplication() throws Exception {
    int port = TestApp.webPort(app);
    assertThat(get(port, "/livez").body()).contains("UP");
    assertThat(get(port, "/readyz").body()).contains("UP");
    assertThat(get(port, "/actuator/platform").body())
        .isEqualTo(get(managementPort(), "/actuator/platform").body())
        .contains("\"phase\":\"UP\"");
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/platform"))
            .POST(BodyPublishers.noBody())
            .build();
    assertThat(http.send(post, BodyHandlers.discarding()).statusCode()).isIn(404, 405);
  }

  @Test
  void theRestDoesNot() throws Exception {
    for (String path :
        new String[] {"/actuator", "/actuator/prometheus", "/actuator/circuitbreakers"}) {
      assertThat(get(TestApp.webPort(app), path).statusCode()).as(path).isEqualTo(404);
      assertThat(get(managementPort(), path).statusCode()).as(path).isEqualTo(200);
    }
  }

  private static int managementPort() {
    return app.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        BodyHandlers.ofString());
  }
}
