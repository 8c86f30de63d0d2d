package dev.platform.order.degraded;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.platform.contracts.product.v1.Product;
import dev.platform.order.OrderProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The last answers of product-service: each product, and the whole list. All its clients keep their
 * answers here, so an order can use a price that the page has read. Thread-safe, never blocks.
 */
@Component
public final class LastProducts {

  private static final String ALL = "all";

  private final LastKnownGood<String, Product> products;
  private final LastKnownGood<String, List<Product>> lists;

  /** Keeps as many as configured, for as long as configured. */
  public LastProducts(OrderProperties properties, MeterRegistry meters) {
    OrderProperties.LastProducts limits = properties.lastProducts();
    this.products =
        new LastKnownGood<>(limits.maxProducts(), limits.maxAge(), Ticker.systemTicker());
    this.lists =
        new LastKnownGood<>(
            Math.min(1, limits.maxProducts()), limits.maxAge(), Ticker.systemTicker());
    products.bindTo(meters, "last-products");
  }

  /** Keeps a product. */
  public void keep(Product product) {
    products.keep(product.getProductId(), product);
  }

  /** Keeps a whole list. */
  public void keepAll(List<Product> all) {
    lists.keep(ALL, List.copyOf(all));
    all.forEach(this::keep);
  }

  /** Forgets a product that no longer exists. */
  public void forget(String productId) {
    products.forget(productId);
  }

  /** Forgets everything. */
  public void clear() {
    products.clear();
    lists.clear();
  }

  /** The last answer for a product. */
  public Optional<AgedAnswer<Product>> find(String productId) {
    return products.find(productId);
  }

  /** The last whole list. */
  public Optional<AgedAnswer<List<Product>>> all() {
    return lists.find(ALL);
  }
}
