package dev.platform.starter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An app leaves discovery first, serves on for a while, then stops. */
class DrainTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void servesOnAfterItHasLeftDiscoveryAndSaysNotServing() throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "leaving");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.drain.delay", "2s");
    var app = TestApp.start(properties);
    int port = app.getBean(EtcdRegistration.class).getPort();
    await().until(() -> etcd.server().keys("/services/leaving/").size() == 1);
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    try {
      assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(app::close);
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> etcd.server().keys("/services/leaving/").isEmpty());
      assertThat(closed).isNotDone();
      assertThat(ask(channel)).isEqualTo("nobody");
      assertThat(health(channel)).isEqualTo(ServingStatus.NOT_SERVING);
      closed.get(20, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static String ask(ManagedChannel channel) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }
}
