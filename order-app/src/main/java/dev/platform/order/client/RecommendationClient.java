package dev.platform.order.client;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.order.OrderProperties;
import dev.platform.order.domain.Recommendations;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.stereotype.Component;

/** Recommendations from recommendation-service, under a short deadline of their own. */
@Component
final class RecommendationClient implements Recommendations {

  private static final String SERVICE = "recommendation-service";

  private final RecommendationServiceBlockingStub recommendations;
  private final Duration timeout;

  RecommendationClient(
      @GrpcClient(SERVICE) RecommendationServiceBlockingStub recommendations,
      OrderProperties properties) {
    this.recommendations = recommendations;
    this.timeout = properties.recommendationTimeout();
  }

  @Override
  public List<String> forUser(String userId) {
    try {
      return recommendations
          .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(userId).build())
          .getProductIdsList();
    } catch (StatusRuntimeException e) {
      throw CallFailures.of(SERVICE, e);
    }
  }
}
