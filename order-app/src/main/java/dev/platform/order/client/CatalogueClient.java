package dev.platform.order.client;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.order.domain.Catalogue;
import dev.platform.order.domain.Money;
import dev.platform.order.domain.RemoteFailure;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Prices from product-service, all products of an order asked for at once. */
final class CatalogueClient implements Catalogue {

  static final String SERVICE = "product-service";

  private final ProductServiceFutureStub products;

  CatalogueClient(ProductServiceFutureStub products) {
    this.products = products;
  }

  @Override
  public Map<String, Money> prices(List<String> productIds) {
    Map<String, ListenableFuture<GetProductResponse>> calls = new LinkedHashMap<>();
    for (String id : productIds) {
      calls.put(id, products.getProduct(GetProductRequest.newBuilder().setProductId(id).build()));
    }
    try {
      Map<String, Money> prices = new HashMap<>();
      calls.forEach((id, call) -> await(call, id, prices));
      return prices;
    } finally {
      // After a failure nobody waits for the rest; what is done already does not mind.
      calls.values().forEach(call -> call.cancel(true));
    }
  }

  private static void await(
      ListenableFuture<GetProductResponse> call, String id, Map<String, Money> prices) {
    try {
      prices.put(id, Moneys.toDomain(call.get().getProduct().getPrice()));
    } catch (ExecutionException e) {
      StatusRuntimeException failure = Status.fromThrowable(e).asRuntimeException();
      if (failure.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw CallFailures.of(SERVICE, failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteFailure(SERVICE, false, true, e);
    }
  }
}
