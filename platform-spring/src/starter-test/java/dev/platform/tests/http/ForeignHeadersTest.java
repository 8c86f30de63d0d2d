package dev.platform.tests.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.tests.app.TestApp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Headers that HTTP clients must not send. */
class ForeignHeadersTest {

  private static final HttpClient http = HttpClient.newHttpClient();
  private static final String BAGGAGE = "tenant=blue;ttl=1,role = admin,plan=gold";

  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePlatformsOwnAreRemovedAndBaggageThatIsNotPermitted(boolean reactive) throws Exception {
    start(reactive, Map.of("management.tracing.baggage.remote-fields", "tenant"));

    assertThat(get()).isEqualTo("caller none, baggage tenant=blue;ttl=1, other kept");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trustedClientsMaySendAll(boolean reactive) throws Exception {
    start(reactive, Map.of("platform.http.headers.trusted", "true"));

    assertThat(get()).isEqualTo("caller admin-app, baggage " + BAGGAGE + ", other kept");
  }

  @Test
  void entriesCanBePermitted() throws Exception {
    start(false, Map.of("platform.http.headers.baggage", "plan,role"));

    assertThat(get()).isEqualTo("caller none, baggage role = admin,plan=gold, other kept");
  }

  @Test
  void bodiesOfWebFluxHaveTheirBounds() throws Exception {
    start(
        true, Map.of("platform.http.body.max-size", "1KB", "platform.http.body.timeout", "500ms"));

    assertThat(post("x".repeat(1024)).statusCode()).isEqualTo(200);
    assertThat(post("x".repeat(1025)).statusCode()).isEqualTo(413);
    try (RawClient client = new RawClient(TestApp.webPort(app))) {
      client.head("POST", "/length", "Content-Type: text/plain\r\nContent-Length: 1000\r\n");
      assertThat(client.drip(100, 200)).startsWith("HTTP/1.1 408");
    }
  }

  private void start(boolean reactive, Map<String, ?> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "headers");
    properties.put("platform.registry.enabled", "false");
    properties.put("platform.discovery.enabled", "false");
    ApplicationContextInitializer<ConfigurableApplicationContext> controller =
        context -> ((GenericApplicationContext) context).registerBean(Answers.class);
    app =
        reactive
            ? TestApp.startWithWebFlux(properties, controller)
            : TestApp.startWithWeb(properties, controller);
  }

  private String get() throws Exception {
    return http.send(
            to("/headers")
                .header("Platform-Caller", "admin-app")
                .header("baggage", BAGGAGE)
                .header("other", "kept")
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private HttpResponse<String> post(String body) throws Exception {
    return http.send(
        to("/length")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + TestApp.webPort(app) + path));
  }

  @RestController
  static class Answers {

    @GetMapping("/headers")
    String headers(
        @RequestHeader(name = "platform-caller", defaultValue = "none") String caller,
        @RequestHeader(name = "baggage", required = false) List<String> baggage,
        @RequestHeader("other") String other) {
      return "caller %s, baggage %s, other %s"
          .formatted(caller, baggage == null ? "none" : String.join(",", baggage), other);
    }

    @PostMapping("/length")
    int length(@RequestBody String body) {
      return body.length();
    }
  }
}
