package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.tests.app.TestApp;
import io.micrometer.core.instrument.MeterRegistry;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Outcomes in the spans of HTTP requests. */
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
  void aServerErrorIsAFailure() throws Exception {
    SpanData span = spanOf(503);

    assertThat(span.getName()).isEqualTo("GET /answer/{status}");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(ObservedApp.texts(span)).containsEntry("error.type", "503");
  }

  @Test
  void aClientErrorIsNotAFailure() throws Exception {
    for (int status : new int[] {200, 404, 429}) {
      clear();
      SpanData span = spanOf(status);

      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      assertThat(ObservedApp.texts(span)).doesNotContainKey("error.type");
    }
  }

  @Test
  void aSpanHasOpenTelemetrysAttributesAndNoQuery() throws Exception {
    send("/answer/200?token=secret");

    assertThat(ObservedApp.texts(spans.single(SpanKind.SERVER)))
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.route", "/answer/{status}")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("url.path", "/answer/200")
        .containsEntry("url.scheme", "http")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", Integer.toString(port()))
        .doesNotContainKey("http.url")
        .allSatisfy((key, value) -> assertThat(value).doesNotContain("secret"));
  }

  @Test
  void aProbeIsTimedAndStartsNoTrace() throws Exception {
    assertThat(send("/actuator/health")).isEqualTo(200);
    // A span that is never created can't be awaited: this request's span ends after the probe.
    send("/answer/200");

    assertThat(spans.single(SpanKind.SERVER).getName()).isEqualTo("GET /answer/{status}");
    assertThat(
            app.getBean(MeterRegistry.class)
                .get("http.server.requests")
                .tag("uri", "/actuator/health")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void aProbeIsPartOfAnExistingTrace() throws Exception {
    send(
        "/actuator/health",
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    assertThat(spans.single(SpanKind.SERVER).getTraceId())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"actuator", "/{a"})
  void invalidPathsAreRejected(String path) {
    assertThatThrownBy(
            () ->
                TestApp.startWithWeb(Map.of("platform.telemetry.http.untraced-paths", path))
                    .close())
        .rootCause()
        .hasMessage(
            "platform.telemetry.http.untraced-paths: %s (expected: patterns of paths, such as"
                + " /actuator/**)",
            path);
  }

  private static SpanData spanOf(int status) throws IOException, InterruptedException {
    assertThat(send("/answer/" + status)).isEqualTo(status);
    return spans.single(SpanKind.SERVER);
  }

  private static int send(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  private static int port() {
    return TestApp.webPort(app);
  }

  @RestController
  static class Answers {

    @GetMapping("/answer/{status}")
    ResponseEntity<Void> answer(@PathVariable("status") int status) {
      return ResponseEntity.status(status).build();
    }
  }
}
