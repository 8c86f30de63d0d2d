package dev.platform.inventory.api;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.inventory.domain.RecommendProducts;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

@GrpcService
class RecommendationGrpcService extends RecommendationServiceImplBase {

  private final RecommendProducts recommendProducts;

  RecommendationGrpcService(RecommendProducts recommendProducts) {
    this.recommendProducts = recommendProducts;
  }

  @Override
  public void getRecommendations(
      GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
    answer.onNext(
        GetRecommendationsResponse.newBuilder()
            .addAllProductIds(recommendProducts.forUser(request.getUserId()))
            .build());
    answer.onCompleted();
  }
}
