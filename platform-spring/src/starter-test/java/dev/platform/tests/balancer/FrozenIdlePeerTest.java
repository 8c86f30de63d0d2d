package dev.platform.tests.balancer;

import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that freezes while it has no calls, with the platform's default settings. */
class FrozenIdlePeerTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void isDetectedByItsFirstCall() throws Exception {
    try (FreezablePeer peer = new FreezablePeer();
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
      etcd.server().put("/services/freezable/" + peer.address(), peer.address());
      Channel channel = Line.channel(app, "freezable");
      RecommendationServiceGrpc.newBlockingStub(channel)
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      // A channel starts buffered calls before it reports READY.
      await().until(() -> Line.state(app, "freezable") == ConnectivityState.READY);

      peer.freeze();
      long start = System.nanoTime();
      RecommendationServiceGrpc.newFutureStub(channel)
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      // 13 s of silence; the rest is for a busy machine.
      await()
          .atMost(Duration.ofSeconds(25))
          .until(() -> Line.state(app, "freezable") != ConnectivityState.READY);
      System.out.printf(
          "[frozen] noticed after %d ms%n", Duration.ofNanos(System.nanoTime() - start).toMillis());
    }
  }
}
