package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What holds for spans of HTTP requests on Spring MVC also holds on WebFlux. */
class WebFluxSpansTest {

  private static final CollectedSpans spans = new CollectedSpans();
  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.startWithWebFlux(
            Map.of(
                "spring.application.name", "http",
                "platform.registry.enabled", "false",
                "platform.discovery.enabled", "false",
                "platform.telemetry.http.untraced-paths", "/probe/**",
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
    send("/answer/503");
    SpanData span = spans.single(SpanKind.SERVER);

    assertThat(span.getName()).isEqualTo("GET /answer/{status}");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(ObservedApp.texts(span)).containsEntry("error.type", "503");
  }

  @Test
  void aSpanHasOpenTelemetrysAttributesAndNoQuery() throws Exception {
    send("/answer/200?token=secret");
    SpanData span = spans.single(SpanKind.SERVER);

    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(ObservedApp.texts(span))
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.route", "/answer/{status}")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("url.path", "/answer/200")
        .containsEntry("url.scheme", "http")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", Integer.toString(TestApp.webPort(app)))
        .doesNotContainKey("http.url")
        .allSatisfy((key, value) -> assertThat(value).doesNotContain("secret"));
  }

  @Test
  void aRequestOnAnUntracedPathIsTimedAndStartsNoTrace() throws Exception {
    send("/probe/1");
    // A span that is never created can't be awaited: this request's span ends after the probe.
    send("/answer/200");

    assertThat(spans.single(SpanKind.SERVER).getName()).isEqualTo("GET /answer/{status}");
    assertThat(
            app.getBean(MeterRegistry.class)
                .get("http.server.requests")
                .tag("uri", "/probe/{number}")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void aRequestOnAnUntracedPathIsPartOfAnExistingTrace() throws Exception {
    send("/probe/1", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    assertThat(spans.single(SpanKind.SERVER).getTraceId())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  private static void send(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + TestApp.webPort(app) + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding());
  }

  @RestController
  static class Answers {

    @GetMapping("/answer/{status}")
    Mono<ResponseEntity<Void>> answer(@PathVariable("status") int status) {
      return Mono.just(ResponseEntity.status(status).build());
    }

    @GetMapping("/probe/{number}")
    Mono<String> probe(@PathVariable("number") int number) {
      return Mono.just("probe " + number);
    }
  }
}
