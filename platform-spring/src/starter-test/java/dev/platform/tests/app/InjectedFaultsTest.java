package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Faults injected over HTTP into a running app that calls itself. */
@ExtendWith(OutputCaptureExtension.class)
class InjectedFaultsTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final HttpClient http = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext app;
  private static String url;

  @BeforeAll
  static void start() {
    Map<String, Object> properties = properties();
    properties.put("platform.fault-injection.enabled", "true");
    properties.put("management.endpoints.web.exposure.include", "faults");
    properties.put("management.endpoints.access.max-permitted", "unrestricted");
    properties.put("platform.resilience.concurrency-limit.mode", "fixed");
    properties.put("platform.resilience.concurrency-limit.limit", "4");
    properties.put("platform.resilience.concurrency-limit.shares.normal", "1");
    app = TestApp.startWithWeb(properties);
    url = url(app);
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    await().until(() -> !directory.latest("shop").instances().isEmpty());
  }

  @AfterEach
  void endAllFaults() throws Exception {
    assertThat(send("DELETE", "", null).statusCode()).isEqualTo(200);
    app.getBean(CircuitBreakerRegistry.class)
        .getAllCircuitBreakers()
        .forEach(CircuitBreaker::reset);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void isAbsentUnlessEnabled() throws Exception {
    Map<String, Object> properties = properties();
    properties.put("management.endpoints.web.exposure.include", "*");
    try (var other = TestApp.startWithWeb(properties)) {
      assertThat(get(url(other)).statusCode()).isEqualTo(404);
      assertThat(other.getBeanDefinitionNames()).noneMatch(name -> name.startsWith("fault"));
    }
  }

  @Test
  void anUnexposedEndpointIsLogged(CapturedOutput output) throws Exception {
    Map<String, Object> properties = properties();
    properties.put("platform.fault-injection.enabled", "true");
    try (var other = TestApp.startWithWeb(properties)) {
      assertThat(get(url(other)).statusCode()).isEqualTo(404);
    }
    assertThat(output).containsPattern("WARN .*Fault injection is on .*: but the endpoint faults");
  }

  @Test
  void aFaultIsCreatedListedAndRemoved(CapturedOutput output) throws Exception {
    Map<String, Object> fault =
        post(Map.of("method", METHOD, "status", "NOT_FOUND", "message", "who?", "ratio", 1));
    assertThat(failure().getStatus().toString()).contains("NOT_FOUND", "injected fault: who?");
    assertThat(faults())
        .singleElement(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("injected", 1)
        .containsEntry("method", METHOD)
        .containsEntry("side", "server");
    assertThat(app.getBean(MeterRegistry.class).get("platform.faults.active").gauge().value())
        .isEqualTo(1);

    String id = String.valueOf(fault.get("id"));
    assertThat(send("DELETE", "/" + id, null).statusCode()).isEqualTo(200);
    assertThat(failure()).isNull();
    assertThat(send("DELETE", "/" + id, null).statusCode()).isEqualTo(404);
    assertThat(output)
        .containsOnlyOnce("Injecting fault " + id + ": incoming calls of " + METHOD)
        .containsOnlyOnce("Fault " + id + " has ended (removed) after 1 calls");
  }

  @Test
  void aFaultExpires(CapturedOutput output) throws Exception {
    post(Map.of("method", METHOD, "status", "NOT_FOUND", "ttl", "1s"));
    assertThat(failure()).isNotNull();
    await().atMost(TIMEOUT).until(() -> failure() == null);
    assertThat(output).contains("has ended (its ttl is over)");
  }

  @Test
  void onlyTheNamedCallersAreAffected() throws Exception {
    post(Map.of("method", "*", "status", "NOT_FOUND", "caller", "somebody-else"));
    assertThat(failure()).isNull();
    post(Map.of("method", "*", "status", "NOT_FOUND", "caller", "shop"));
    assertThat(failure()).isNotNull();
  }

  @Test
  void theBreakerCountsAnAbortedOutgoingCallAsAFailure() throws Exception {
    post(Map.of("side", "client", "method", METHOD, "status", "INTERNAL"));
    for (int i = 0; i < 6; i++) {
      assertThat(failure().getStatus().getDescription()).isEqualTo("injected fault");
    }
    assertThat(failure().getStatus().getDescription()).startsWith("circuit breaker is open: shop");
  }

  @Test
  void aDelayedCallCountsAgainstTheConcurrencyLimit() throws Exception {
    post(Map.of("method", METHOD, "delay", "1h"));
    List<ListenableFuture<GetRecommendationsResponse>> delayed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      delayed.add(
          RecommendationServiceGrpc.newFutureStub(channel())
              .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
    }
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    await()
        .atMost(TIMEOUT)
        .until(() -> meters.get("platform.concurrency.in.flight").gauge().value() == 4);
    assertThat(failure().getStatus().getDescription()).startsWith("concurrency limit exceeded");

    delayed.forEach(call -> call.cancel(true));
    await()
        .atMost(TIMEOUT)
        .until(() -> meters.get("platform.concurrency.in.flight").gauge().value() == 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'status': 'INTERNAL'} | method | (none) | package.Service/Method, package.Service for"
            + " all",
        "{'method': 'a b', 'status': 'INTERNAL'} | method | a b | package.Service/Method",
        "{'method': '*'} | delay | (none) | a delay, a status, or both",
        "{'method': '*', 'delay': 'soon'} | delay | soon | from 1ms to 1h, such as 300ms or 10s",
        "{'method': '*', 'delay': '2h'} | delay | 2h | from 1ms to 1h",
        "{'method': '*', 'delay': '0s'} | delay | 0s | from 1ms to 1h",
        "{'method': '*', 'status': 'OK'} | status | OK | one of CANCELLED, UNKNOWN",
        "{'method': '*', 'delay': '1s', 'ratio': 0} | ratio | 0.0 | a number over 0, at most 1",
        "{'method': '*', 'delay': '1s', 'ratio': '5%'} | ratio | 5% | a number over 0, at most 1",
        "{'method': '*', 'delay': '1s', 'ttl': '48h'} | ttl | 48h | from 1ms to 24h",
        "{'method': '*', 'delay': '1s', 'side': 'both'} | side | both | server or client",
        "{'method': '*', 'delay': '1s', 'message': 'm'} | message | m | a status to go with it",
        "{'method': '*', 'delay': '1s', 'side': 'client', 'caller': 'c'} | caller | c | on side"
            + " server",
      })
  void invalidInputIsRejectedWithItsNameAndTheExpectation(
      String body, String property, String value, String expected) throws Exception {
    HttpResponse<String> answer = send("POST", "", body.replace('\'', '"'));
    assertThat(answer.statusCode()).isEqualTo(400);
    Map<String, Object> problem = read(answer);
    assertThat(problem).containsEntry("property", property);
    assertThat(String.valueOf(problem.get("value"))).isEqualTo(value);
    assertThat(String.valueOf(problem.get("expected"))).startsWith(expected);
    assertThat(faults()).isEmpty();
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "shop");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.resilience.retry.enabled", "false");
    properties.put("platform.deadline.default-timeout", "30s");
    return properties;
  }

  private static String url(ConfigurableApplicationContext of) {
    return "http://127.0.0.1:"
        + of.getEnvironment().getProperty("local.server.port")
        + "/actuator/faults";
  }

  private static Map<String, Object> post(Map<String, ?> fault) throws Exception {
    HttpResponse<String> answer =
        send("POST", "", JsonWriter.<Map<String, ?>>standard().writeToString(fault));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return read(answer);
  }

  private static List<?> faults() throws Exception {
    return (List<?>) read(get(url)).get("faults");
  }

  private static Map<String, Object> read(HttpResponse<String> answer) {
    return JsonParserFactory.getJsonParser().parseMap(answer.body());
  }

  private static HttpResponse<String> get(String address) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> send(String verb, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/json")
            .method(verb, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static Channel channel() {
    return Line.channel(app, "shop");
  }

  /** The failure of a call; null if it succeeds. */
  private static StatusRuntimeException failure() {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel())
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }
}
