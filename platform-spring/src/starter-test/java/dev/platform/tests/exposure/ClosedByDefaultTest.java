package dev.platform.tests.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** What a stranger who reaches the ports gets from an application that sets nothing. */
@ExtendWith(OutputCaptureExtension.class)
class ClosedByDefaultTest {

  private static final HttpClient http = HttpClient.newHttpClient();

  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /actuator/faults, 405",
    "DELETE, /actuator/faults, 405",
    "DELETE, /actuator/faults/1, 404",
    "POST, /actuator/loggers/root, 405",
    "POST, /actuator/shutdown, 404"
  })
  void nothingCanBeChangedByTheActuator(String verb, String path, int status) throws Exception {
    start(
        Map.of(
            "management.endpoints.web.exposure.include",
            "*",
            "platform.fault-injection.enabled",
            "true",
            "management.endpoint.shutdown.access",
            "unrestricted"));

    assertThat(send(verb, path, "{\"status\": \"OUT_OF_SERVICE\"}").statusCode()).isEqualTo(status);
  }

  @Test
  void whatCannotBeInjectedIsLogged(CapturedOutput output) throws Exception {
    start(
        Map.of(
            "management.endpoints.web.exposure.include",
            "faults",
            "platform.fault-injection.enabled",
            "true"));

    assertThat(send("GET", "/actuator/faults", null).statusCode()).isEqualTo(200);
    assertThat(output)
        .containsPattern("WARN .*Fault injection is on .*: but the endpoint faults is read-only");
  }

  @Test
  void theActuatorCanBeUnlocked() throws Exception {
    start(
        Map.of(
            "management.endpoints.web.exposure.include",
            "loggers",
            "management.endpoints.access.max-permitted",
            "unrestricted"));

    assertThat(send("POST", "/actuator/loggers/some", "{}").statusCode()).isEqualTo(204);
  }

  @Test
  void healthHasNoDetails() throws Exception {
    start(Map.of());

    String health = send("GET", "/actuator/health", null).body();
    assertThat(health).contains("\"diskSpace\"", "\"UP\"").doesNotContain("details", "free");
  }

  @Test
  void servicesCannotBeListed() throws Exception {
    start(Map.of());

    assertThat(reflection()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void reflectionCanBeEnabled() throws Exception {
    start(Line.withReflection());

    assertThat(reflection()).isEqualTo(Status.Code.OK);
  }

  private void start(Map<String, ?> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "closed");
    properties.put("platform.registry.enabled", "false");
    properties.put("platform.discovery.enabled", "false");
    app = TestApp.startWithWeb(properties);
  }

  private HttpResponse<String> send(String verb, String path, String json) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + TestApp.webPort(app) + path))
            .header("Content-Type", "application/json")
            .method(verb, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  /** The status of a request for the list of services. */
  private Status.Code reflection() throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", Line.serverPort(app), InsecureChannelCredentials.create())
            .build();
    try {
      CompletableFuture<Status.Code> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> requests =
          ServerReflectionGrpc.newStub(channel)
              .serverReflectionInfo(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                      answer.complete(Status.Code.OK);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      answer.complete(Status.fromThrowable(failure).getCode());
                    }

                    @Override
                    public void onCompleted() {}
                  });
      requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      return answer.get(10, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }
}
