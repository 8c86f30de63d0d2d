package dev.platform.core.example;

import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.core.Platform;

/** The README's program without a framework; a test keeps both identical. */
public final class RecommendationServer {

  public static void main(String[] args) throws Exception {
    Platform platform = Platform.builder("recommendation-service").build();
    var products = ProductServiceGrpc.newBlockingStub(platform.channel("product-service"));
    platform.serve(50071, new Recommendations(products)).awaitTermination();
  }

  private RecommendationServer() {}
}
