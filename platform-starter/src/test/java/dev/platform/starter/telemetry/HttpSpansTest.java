package dev.platform.starter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.app.TestApp;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What spans of requests over HTTP say of how they ended. */
class HttpSpansTest {

  private static final CollectedSpans spans = new CollectedSpans();
  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.startWithWeb(
            Map.of(
                "spring.application.name", "http",
                "platform.registry.enabled", "false",
                "platform.discovery.enabled", "false",
                "management.tracing.sampling.probability", "1.0"),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(Answers.class);
              beans.registerBean(CollectedSpans.class, () -> spans);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void clear() {
    spans.clear();
  }

  @Test
  void anAnswerThatIsAServersErrorIsAFailure() throws Exception {
    SpanData span = spanOf(503);

    assertThat(span.getName()).isEqualTo("GET /answer/{status}");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(ObservedApp.texts(span)).containsEntry("error.type", "503");
  }

  @Test
  void anAnswerThatIsTheClientsErrorIsNone() throws Exception {
    for (int status : new int[] {200, 404, 429}) {
      clear();
      SpanData span = spanOf(status);

      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      assertThat(ObservedApp.texts(span)).doesNotContainKey("error.type");
    }
  }

  private static SpanData spanOf(int status) throws IOException, InterruptedException {
    int port = ((WebServerApplicationContext) app).getWebServer().getPort();
    URI uri = URI.create("http://127.0.0.1:" + port + "/answer/" + status);
    assertThat(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(status);
    return spans.the(SpanKind.SERVER);
  }

  @RestController
  static class Answers {

    @GetMapping("/answer/{status}")
    ResponseEntity<Void> answer(@PathVariable("status") int status) {
      return ResponseEntity.status(status).build();
    }
  }
}
