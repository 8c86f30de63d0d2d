package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An application with {@code spring.main.lazy-initialization}. */
@ExtendWith(OutputCaptureExtension.class)
class LazyInitializationTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void registersServesChecksAndDeregisters(CapturedOutput output) {
    try (var app = TestApp.startWithWeb(properties())) {
      int port = app.getBean(EtcdRegistration.class).getPort();
      await().until(() -> etcd.server().get("/services/lazy/127.0.0.1:" + port).isPresent());
      assertThat(etcd.server().get("/services/lazy/127.0.0.1:" + port).orElseThrow())
          .contains("\"http-port\":\"" + TestApp.webPort(app) + "\"");
      assertThat(output).contains("platform.deadline.max-timeout");

      String left =
          RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "lazy"))
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
              .getProductIds(1);

      assertThat(Long.parseLong(left)).isBetween(1L, 20_000L);
      await()
          .until(
              () ->
                  app.getBean(MeterRegistry.class).find("rpc.server.call.duration").timer()
                      != null);
    }
    assertThat(etcd.server().keys("/services/lazy/")).isEmpty();
  }

  @Test
  void anInvalidPropertyStopsTheStartAndNotTheFirstCall() {
    Map<String, Object> properties = new HashMap<>(properties());
    properties.putAll(Line.withoutServer());
    properties.put("platform.resilience.retry.max-attempts", "9");
    assertThatThrownBy(() -> TestApp.start(properties).close())
        .hasStackTraceContaining("platform.resilience.retry.max-attempts: 9 (expected: ");
  }

  private static Map<String, String> properties() {
    return Map.of(
        "platform.etcd.endpoints",
        etcd.endpoint().toString(),
        "spring.application.name",
        "lazy",
        "spring.main.lazy-initialization",
        "true",
        "platform.deadline.default-timeout",
        "60s",
        "platform.deadline.max-timeout",
        "20s",
        "platform.discovery.wait-for-first-list",
        "15s",
        "platform.registry.advertise-host",
        "127.0.0.1");
  }
}
