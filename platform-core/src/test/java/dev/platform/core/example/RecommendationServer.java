package dev.platform.core.example;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.Platform;
import io.grpc.stub.StreamObserver;

/** The README's program without a framework; a test compares the two. */
public final class RecommendationServer {

  // README: begin
  public static void main(String[] args) throws Exception {
    Platform platform =
        Platform.builder("recommendation-service").etcdEndpoints("http://127.0.0.1:2379").build();
    var products = ProductServiceGrpc.newBlockingStub(platform.channel("product-service"));
    var service =
        new RecommendationServiceGrpc.RecommendationServiceImplBase() {
          @Override
          public void getRecommendations(
              GetRecommendationsRequest request,
              StreamObserver<GetRecommendationsResponse> response) {
            var answer = GetRecommendationsResponse.newBuilder();
            products
                .listProducts(ListProductsRequest.getDefaultInstance())
                .forEachRemaining(
                    listed -> answer.addProductIds(listed.getProduct().getProductId()));
            response.onNext(answer.build());
            response.onCompleted();
          }
        };
    platform.serve(50071, service).awaitTermination();
  }

  // README: end

  private RecommendationServer() {}
}
