package dev.platform.benchmarks.peers;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.stub.StreamObserver;

/** {@link Recommender} for peers that serve grpc-java's stubs. */
public class RecommendationsService extends RecommendationServiceImplBase {

  @Override
  public void getRecommendations(
      GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
    Recommender.recommend(
        answer -> {
          observer.onNext(answer);
          observer.onCompleted();
        });
  }
}
