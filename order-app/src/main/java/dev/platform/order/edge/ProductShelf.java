package dev.platform.order.edge;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.Product;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
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
 * All products from product-service, with their levels from inventory-service. Does without the
 * levels when those can't be had.
 */
final class ProductShelf {

  private static final Logger log = LoggerFactory.getLogger(ProductShelf.class);

  /** As many as inventory-service tells the levels of at once. */
  static final int MAX_PRODUCTS = 1000;

  private final ProductServiceBlockingStub products;
  private final InventoryServiceBlockingStub inventory;

  ProductShelf(ProductServiceBlockingStub products, InventoryServiceBlockingStub inventory) {
    this.products = products;
    this.inventory = inventory;
  }

  /**
   * What there is.
   *
   * @param products by id
   * @param levels the level of each product that has one
   * @param isWithoutStock whether the levels could not be had
   * @param more whether there are more products than these
   */
  record Contents(
      List<Product> products,
      Map<String, StockLevel> levels,
      boolean isWithoutStock,
      boolean more) {}

  /** Calls the two services and blocks, for this long at most. */
  Contents contents(Duration timeout) {
    Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    List<Product> found = list(deadline);
    boolean more = found.size() > MAX_PRODUCTS;
    List<Product> shown = more ? found.subList(0, MAX_PRODUCTS) : found;
    try {
      return new Contents(shown, levels(shown, deadline), false, more);
    } catch (StatusRuntimeException e) {
      log.debug("products are shown without their stock: {}", e.getStatus());
      return new Contents(shown, Map.of(), true, more);
    }
  }

  private List<Product> list(Deadline deadline) {
    List<Product> found = new ArrayList<>();
    // Cancelled at the end, in case that there are more products than are read.
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

  /** What a channel says of its addresses is not for those outside. */
  private static StatusRuntimeException forClients(StatusRuntimeException e) {
    Status status = e.getStatus();
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return status.withDescription("product-service did not answer in time").asRuntimeException();
    }
    return Status.UNAVAILABLE
        .withDescription("product-service can't be reached or does not answer as it should")
        .withCause(e)
        .asRuntimeException();
  }
}
