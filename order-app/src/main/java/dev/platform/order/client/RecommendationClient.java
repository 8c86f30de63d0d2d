package dev.platform.order.client;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.order.domain.Recommendations;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Recommendations from recommendation-service, under a short deadline of their own. */
final class RecommendationClient implements Recommendations {

  static final String SERVICE = "recommendation-service";

  private final RecommendationServiceBlockingStub recommendations;
  private final Duration timeout;

  RecommendationClient(RecommendationServiceBlockingStub recommendations, Duration timeout) {
    this.recommendations = recommendations;
    this.timeout = timeout;
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
