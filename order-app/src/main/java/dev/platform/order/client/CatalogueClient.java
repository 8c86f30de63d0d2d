package dev.platform.order.client;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.Product;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.order.degraded.Aged;
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
 * Prices from product-service, all products of an order asked for at once. A product that it fails
 * to tell of costs what it last did.
 */
final class CatalogueClient implements Catalogue {

  static final String SERVICE = "product-service";

  private static final Duration WELL = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(CatalogueClient.class);

  private final ProductServiceFutureStub products;
  private final LastProducts lastProducts;
  private final AtomicBoolean away = new AtomicBoolean();
  private volatile long awayAt;

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
        Optional<Aged<Product>> product = await(call.getKey(), call.getValue());
        if (product.isPresent()) {
          prices.put(call.getKey(), Moneys.toDomain(product.get().value().getPrice()));
          oldest = longer(oldest, product.get().age());
        }
      }
      tell(oldest);
      return new Prices(prices, oldest);
    } finally {
      // After a failure nobody waits for the rest; what is done already does not mind.
      calls.values().forEach(call -> call.cancel(true));
    }
  }

  private Optional<Aged<Product>> await(String id, ListenableFuture<GetProductResponse> call) {
    try {
      Product product = call.get().getProduct();
      lastProducts.keep(product);
      return Optional.of(new Aged<>(product, Duration.ZERO));
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

  private Aged<Product> lastKnown(String id, RemoteFailure failure) {
    // Who has given up, or has no time left, gets no order placed.
    if (Context.current().isCancelled()) {
      throw failure;
    }
    return lastProducts.find(id).orElseThrow(() -> failure);
  }

  /**
   * One line when it goes, one when it has been well for a while: some calls may fail, some not.
   */
  private void tell(Duration oldest) {
    long now = System.nanoTime();
    if (!oldest.isZero()) {
      awayAt = now;
      if (away.compareAndSet(false, true)) {
        log.warn(
            "{} is away: orders go on with its last prices, {} s old", SERVICE, oldest.toSeconds());
      }
    } else if (away.get() && now - awayAt > WELL.toNanos() && away.compareAndSet(true, false)) {
      log.info("{} tells prices again", SERVICE);
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
