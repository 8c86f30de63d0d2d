package dev.platform.order.edge;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.Product;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.order.degraded.AgedAnswer;
import dev.platform.order.degraded.LastProducts;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All products from product-service, with their levels from inventory-service. Leaves the levels
 * out when they are unavailable, and uses the last list of products when there is no new one.
 */
final class ProductsWithStock {

  private static final Logger log = LoggerFactory.getLogger(ProductsWithStock.class);

  /** The maximum of one request for levels to inventory-service. */
  static final int MAX_PRODUCTS = 1000;

  /** The part of a request's time that the list may take. */
  private static final double LIST_SHARE = 0.5;

  private final ProductServiceBlockingStub products;
  private final InventoryServiceBlockingStub inventory;
  private final LastProducts lastProducts;

  ProductsWithStock(
      ProductServiceBlockingStub products,
      InventoryServiceBlockingStub inventory,
      LastProducts lastProducts) {
    this.products = products;
    this.inventory = inventory;
    this.lastProducts = lastProducts;
  }

  /**
   * The products and their levels.
   *
   * @param products by id
   * @param age how old the list is; zero for a new one
   * @param levels the level of each product that has one
   * @param isWithoutStock whether the levels were unavailable
   * @param more whether there are more products than these
   */
  record Contents(
      List<Product> products,
      Duration age,
      Map<String, StockLevel> levels,
      boolean isWithoutStock,
      boolean more) {

    /** Names of the missing features. */
    List<String> degradedFeatures() {
      List<String> features = new ArrayList<>();
      if (!age.isZero()) {
        features.add("product-details");
      }
      if (isWithoutStock) {
        features.add("stock");
      }
      return features;
    }
  }

  /** Calls the two services and blocks, at most this long. */
  Contents contents(Duration timeout) {
    Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    AgedAnswer<List<Product>> list = newOrLast(deadline);
    List<Product> found = list.value();
    boolean more = found.size() > MAX_PRODUCTS;
    List<Product> shown = more ? found.subList(0, MAX_PRODUCTS) : found;
    try {
      return new Contents(shown, list.age(), levels(shown, deadline), false, more);
    } catch (StatusRuntimeException e) {
      log.debug("products are shown without stock: {}", e.getStatus());
      return new Contents(shown, list.age(), Map.of(), true, more);
    }
  }

  private AgedAnswer<List<Product>> newOrLast(Deadline deadline) {
    try {
      List<Product> found = list(within(LIST_SHARE, deadline));
      lastProducts.keepAll(found);
      return new AgedAnswer<>(found, Duration.ZERO);
    } catch (StatusRuntimeException e) {
      log.debug("the last list of products is used: {}", e.getStatus());
      return lastProducts.all().orElseThrow(() -> e);
    }
  }

  /** Leaves time for the next call, should this one be slow. */
  private static Deadline within(double share, Deadline deadline) {
    long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    return Deadline.after((long) (left * share), TimeUnit.NANOSECONDS);
  }

  private List<Product> list(Deadline deadline) {
    List<Product> found = new ArrayList<>();
    // Cancelled at the end, in case there are more products than are read.
    Context.CancellableContext listing = Context.current().withCancellation();
    try {
      listing.run(() -> readInto(found, deadline));
      return found;
    } catch (StatusRuntimeException e) {
      throw forClients(e);
    } finally {
      listing.cancel(null);
    }
  }

  private void readInto(List<Product> found, Deadline deadline) {
    Iterator<ListProductsResponse> answers =
        products.withDeadline(deadline).listProducts(ListProductsRequest.getDefaultInstance());
    while (found.size() <= MAX_PRODUCTS && answers.hasNext()) {
      found.add(answers.next().getProduct());
    }
  }

  private Map<String, StockLevel> levels(List<Product> shown, Deadline deadline) {
    if (shown.isEmpty()) {
      return Map.of();
    }
    CheckStockRequest.Builder request = CheckStockRequest.newBuilder();
    shown.forEach(product -> request.addProductIds(product.getProductId()));
    return inventory.withDeadline(deadline).checkStock(request.build()).getLevelsList().stream()
        .collect(Collectors.toMap(StockLevel::getProductId, Function.identity()));
  }

  /** A channel's description of its addresses is internal. */
  private static StatusRuntimeException forClients(StatusRuntimeException e) {
    Status status = e.getStatus();
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return status.withDescription("product-service did not answer in time").asRuntimeException();
    }
    return Status.UNAVAILABLE
        .withDescription("product-service can't be reached or returned an error")
        .withCause(e)
        .asRuntimeException();
  }
}
