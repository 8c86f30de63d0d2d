package dev.platform.core.example;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.stub.StreamObserver;

/** Recommends all products. */
public final class Recommendations extends RecommendationServiceImplBase {

  private final ProductServiceBlockingStub products;

  public Recommendations(ProductServiceBlockingStub products) {
    this.products = products;
  }

  @Override
  public void getRecommendations(
      GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> response) {
    GetRecommendationsResponse.Builder answer = GetRecommendationsResponse.newBuilder();
    products
        .listProducts(ListProductsRequest.getDefaultInstance())
        .forEachRemaining(listed -> answer.addProductIds(listed.getProduct().getProductId()));
    response.onNext(answer.build());
    response.onCompleted();
  }
}
