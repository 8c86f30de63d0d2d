package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Stubs that net.devh injects into fields, in an app that calls itself. */
@ExtendWith(OutputCaptureExtension.class)
class GrpcClientTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final Map<String, Object> properties = new HashMap<>();
  private GrpcChannelConfigurer configurer = (builder, name) -> {};

  @Test
  void itsServiceIsDiscoveredAndItsCallsHaveADeadline() {
    properties.put("platform.deadline.default-timeout", "40s");
    try (var app = start()) {
      String left = ask(app.getBean(Caller.class).recommendations);
      assertThat(Long.parseLong(left)).isBetween(1L, 40_000L);
    }
  }

  @Test
  void unknownServicesAndMethodsInSettingsAreReported(CapturedOutput output) {
    properties.put("platform.deadline.methods[a.B/C]", "1s");
    properties.put("resilience4j.circuitbreaker.instances.other.sliding-window-size", "10");
    start().close();

    assertThat(output)
        .contains(
            "platform.deadline.methods: a.B/C (expected: a method or service that a client of this"
                + " application (@GrpcClient) has, such as recommendation.v1.RecommendationService)")
        .contains(
            "resilience4j.circuitbreaker.instances: other (expected: a service of @GrpcClient, one"
                + " of [self], or the name of a @CircuitBreaker)");
  }

  @Test
  void settingsOfKnownServicesAndMethodsAreAcceptedAndApplied(CapturedOutput output) {
    properties.put(
        "platform.deadline.methods[recommendation.v1.RecommendationService/GetRecommendations]",
        "50s");
    properties.put("resilience4j.circuitbreaker.instances.self.sliding-window-size", "10");
    try (var app = start()) {
      assertThat(Long.parseLong(ask(app.getBean(Caller.class).recommendations)))
          .isBetween(30_001L, 50_000L);
    }
    assertThat(output).doesNotContain("platform.configuration-check");
  }

  @Test
  void aConfigurersDefaultServiceConfigApplies() {
    properties.put("platform.deadline.default-timeout", "40s");
    properties.put("platform.discovery.wait-for-first-list", "4s");
    Map<String, ?> config =
        Map.of(
            "methodConfig",
            List.of(
                Map.of(
                    "name",
                    List.of(Map.of("service", "recommendation.v1.RecommendationService")),
                    "timeout",
                    "15s")));
    configurer = (builder, name) -> builder.defaultServiceConfig(config);
    try (var app = start()) {
      String left = ask(app.getBean(Caller.class).recommendations);
      assertThat(Long.parseLong(left)).isBetween(1L, 15_000L);
    }
  }

  private ConfigurableApplicationContext start() {
    properties.put("spring.application.name", "self");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.discovery.wait-for-first-list", "4s");
    ConfigurableApplicationContext app =
        TestApp.start(
            properties,
            context -> {
              ((GenericApplicationContext) context).registerBean(Caller.class);
              ((GenericApplicationContext) context)
                  .registerBean("configurer", GrpcChannelConfigurer.class, () -> configurer);
            });
    // It is registered a moment after its start, on a busy machine some seconds.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !app.getBean(DiscoveryClient.class).getInstances("self").isEmpty());
    return app;
  }

  private static String ask(RecommendationServiceBlockingStub stub) {
    return stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance()).getProductIds(1);
  }

  static class Caller {
    @GrpcClient("self")
    RecommendationServiceBlockingStub recommendations;
  }
}
