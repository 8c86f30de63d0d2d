package dev.platform.order.client;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.Product;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.order.degraded.AgedAnswer;
import dev.platform.order.degraded.LastProducts;
import dev.platform.order.domain.Catalogue;
import dev.platform.order.domain.Money;
import dev.platform.order.domain.Prices;
import dev.platform.order.domain.RemoteFailure;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prices from product-service, requested for all products of an order at once. When a product's
 * request fails, its last known price is used.
 */
final class CatalogueClient implements Catalogue {

  static final String SERVICE = "product-service";

  private static final Duration RECOVERED_AFTER = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(CatalogueClient.class);

  private final ProductServiceFutureStub products;
  private final LastProducts lastProducts;
  private final AtomicBoolean failing = new AtomicBoolean();
  private volatile long lastFailureAt;

  CatalogueClient(ProductServiceFutureStub products, LastProducts lastProducts) {
    this.products = products;
    this.lastProducts = lastProducts;
  }

  @Override
  public Prices prices(List<String> productIds) {
    Map<String, ListenableFuture<GetProductResponse>> calls = new LinkedHashMap<>();
    for (String id : productIds) {
      calls.put(id, products.getProduct(GetProductRequest.newBuilder().setProductId(id).build()));
    }
    try {
      Map<String, Money> prices = new HashMap<>();
      Duration oldest = Duration.ZERO;
      for (Map.Entry<String, ListenableFuture<GetProductResponse>> call : calls.entrySet()) {
        Optional<AgedAnswer<Product>> product = await(call.getKey(), call.getValue());
        if (product.isPresent()) {
          prices.put(call.getKey(), MoneyMessages.toDomain(product.get().value().getPrice()));
          oldest = longer(oldest, product.get().age());
        }
      }
      logChange(oldest);
      return new Prices(prices, oldest);
    } finally {
      // After a failure nothing waits for the others; cancelling a finished call has no effect.
      calls.values().forEach(call -> call.cancel(true));
    }
  }

  private Optional<AgedAnswer<Product>> await(
      String id, ListenableFuture<GetProductResponse> call) {
    try {
      Product product = call.get().getProduct();
      lastProducts.keep(product);
      return Optional.of(new AgedAnswer<>(product, Duration.ZERO));
    } catch (ExecutionException e) {
      StatusRuntimeException failure = Status.fromThrowable(e).asRuntimeException();
      if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) {
        lastProducts.forget(id);
        return Optional.empty();
      }
      return Optional.of(lastKnown(id, CallFailures.of(SERVICE, failure)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteFailure(SERVICE, false, true, e);
    }
  }

  private AgedAnswer<Product> lastKnown(String id, RemoteFailure failure) {
    // A caller that cancelled, or whose deadline has passed, gets no order placed.
    if (Context.current().isCancelled()) {
      throw failure;
    }
    return lastProducts.find(id).orElseThrow(() -> failure);
  }

  /**
   * Logs once when the service fails, and once when it has worked for a while: calls may fail
   * intermittently.
   */
  private void logChange(Duration oldest) {
    long now = System.nanoTime();
    if (!oldest.isZero()) {
      lastFailureAt = now;
      if (failing.compareAndSet(false, true)) {
        log.warn(
            "{} is unavailable: orders use its last prices, {} s old", SERVICE, oldest.toSeconds());
      }
    } else if (failing.get()
        && now - lastFailureAt > RECOVERED_AFTER.toNanos()
        && failing.compareAndSet(true, false)) {
      log.info("{} returns prices again", SERVICE);
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
