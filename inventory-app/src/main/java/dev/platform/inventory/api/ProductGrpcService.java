package dev.platform.inventory.api;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.inventory.domain.Catalogue;
import dev.platform.inventory.domain.FindProduct;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

@GrpcService
class ProductGrpcService extends ProductServiceImplBase {

  private final FindProduct findProduct;
  private final Catalogue catalogue;

  ProductGrpcService(FindProduct findProduct, Catalogue catalogue) {
    this.findProduct = findProduct;
    this.catalogue = catalogue;
  }

  @Override
  public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
    answer.onNext(
        GetProductResponse.newBuilder()
            .setProduct(ProductMessages.product(findProduct.byId(request.getProductId())))
            .build());
    answer.onCompleted();
  }

  @Override
  public void listProducts(
      ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
    new ProductList(catalogue, (ServerCallStreamObserver<ListProductsResponse>) answer).start();
  }
}
