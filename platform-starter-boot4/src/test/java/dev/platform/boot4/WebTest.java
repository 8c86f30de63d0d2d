package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** An app with a web server beside the gRPC server, and Resilience4j's annotations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class WebTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private ConfigurableApplicationContext app;
  private String startOutput;

  @BeforeAll
  void start(CapturedOutput output) {
    app =
        new SpringApplicationBuilder(Shop.class, Operations.class)
            .run(
                "--spring.application.name=web",
                "--spring.grpc.server.address=127.0.0.1",
                "--spring.grpc.server.port=0",
                "--grpc.server.port=9999",
                "--management.otlp.tracing.endpoint=http://127.0.0.1:1",
                "--server.port=0",
                "--platform.drain.delay=0s",
                "--platform.discovery.snapshot.directory=target/discovery-snapshots",
                "--platform.etcd.endpoints=" + etcd.endpoint(),
                "--resilience4j.circuitbreaker.instances.till.sliding-window-type=COUNT_BASED",
                "--resilience4j.circuitbreaker.instances.till.sliding-window-size=2",
                "--resilience4j.circuitbreaker.instances.till.minimum-number-of-calls=2",
                "--resilience4j.ratelimiter.instances.door.limit-for-period=1",
                "--resilience4j.ratelimiter.instances.door.limit-refresh-period=1h");
    startOutput = output.toString();
  }

  @AfterAll
  void stop() {
    app.close();
  }

  @Test
  void registersTheGrpcPortWithTheHttpPortAsMetadata() throws Exception {
    EtcdRegistration registration = app.getBean(EtcdRegistration.class);
    assertThat(registration.getPort()).isPositive().isNotEqualTo(httpPort());
    assertThat(get("/actuator/platform")).contains("\"registration\"", "127.0.0.1");
    await()
        .untilAsserted(
            () ->
                assertThat(app.getBean(HealthEndpoint.class).healthForPath("registry").getStatus())
                    .isEqualTo(Status.UP));
    assertThat(get("/actuator/health")).contains("\"registry\":");
    assertThat(get("/actuator/health/readiness")).contains("UP");
    assertThat(get("/actuator/prometheus")).contains("platform_registry_registered");
  }

  @Test
  void annotatedOperationsHaveABreakerAndALimiter() {
    Operations operations = app.getBean(Operations.class);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(operations::pay).isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(operations::pay).isInstanceOf(CallNotPermittedException.class);
    operations.enter();
    assertThatThrownBy(operations::enter).isInstanceOf(RequestNotPermitted.class);
  }

  @Test
  void reportsPropertiesOfTheOtherLine() {
    assertThat(startOutput)
        .contains("grpc.server.port: set in", "(expected: spring.grpc.server.port, its name on")
        .contains("(expected: management.opentelemetry.tracing.export.otlp.endpoint, its name on");
  }

  private int httpPort() {
    return ((WebServerApplicationContext) app).getWebServer().getPort();
  }

  private String get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + httpPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  static class Operations {

    @CircuitBreaker(name = "till")
    public void pay() {
      throw new IllegalStateException("no money");
    }

    @RateLimiter(name = "door")
    public void enter() {}
  }
}
