package dev.platform.starter.balancer;

import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.app.TestApp;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.util.Map;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that freezes while nobody calls it, with the platform's own settings. */
class FrozenIdlePeerTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void isNoticedByPingsAlone() throws Exception {
    try (FreezableServer server = new FreezableServer();
        var app =
            TestApp.start(
                Map.of(
                    "spring.application.name",
                    "caller",
                    "platform.etcd.endpoints",
                    etcd.endpoint().toString(),
                    "platform.discovery.wait-for-first-list",
                    "20s",
                    "platform.deadline.default-timeout",
                    "30s"))) {
      String address = "127.0.0.1:" + server.name();
      etcd.server().put("/services/freezable/" + address, address);
      GrpcChannelFactory channels = app.getBean(GrpcChannelFactory.class);
      RecommendationServiceGrpc.newBlockingStub(channels.createChannel("freezable"))
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      // A channel hands waiting calls to their connection first, and tells its state after that.
      await().until(() -> state(channels) == ConnectivityState.READY);

      server.freeze();
      long start = System.nanoTime();
      // 10 s of silence and 3 s for the answer; the rest is for a busy machine.
      await()
          .atMost(Duration.ofSeconds(25))
          .until(() -> state(channels) != ConnectivityState.READY);
      System.out.printf(
          "[frozen] noticed after %d ms without a call%n",
          Duration.ofNanos(System.nanoTime() - start).toMillis());
    }
  }

  private static ConnectivityState state(GrpcChannelFactory channels) {
    return channels.getConnectivityState().get("freezable");
  }
}
