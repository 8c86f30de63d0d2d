package dev.platform.mall;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.Platform;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * A recommendation-service without a framework: recommends one product, once product-service has
 * confirmed that the product exists. Arguments: etcd's endpoint, the product, the lease's TTL.
 */
final class PlainRecommendations {

  private PlainRecommendations() {}

  public static void main(String[] args) throws Exception {
    requireNoSpring();
    Platform platform =
        Platform.builder("recommendation-service")
            .etcdEndpoints(args[0].split(","))
            .leaseTtl(Duration.parse(args[2]))
            .advertise("127.0.0.1")
            .build();
    Recommendations service =
        new Recommendations(
            ProductServiceGrpc.newBlockingStub(platform.channel("product-service")), args[1]);
    platform.serve(0, service).awaitTermination();
  }

  private static void requireNoSpring() {
    try {
      Class.forName("org.springframework.core.SpringVersion");
    } catch (ClassNotFoundException e) {
      return;
    }
    throw new IllegalStateException("Spring is on the class path (expected: not)");
  }

  private static final class Recommendations
      extends RecommendationServiceGrpc.RecommendationServiceImplBase {

    private final ProductServiceBlockingStub products;
    private final String product;

    Recommendations(ProductServiceBlockingStub products, String product) {
      this.products = products;
      this.product = product;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> response) {
      String known =
          products
              .getProduct(GetProductRequest.newBuilder().setProductId(product).build())
              .getProduct()
              .getProductId();
      response.onNext(GetRecommendationsResponse.newBuilder().addProductIds(known).build());
      response.onCompleted();
    }
  }
}
