package dev.platform.order.degraded;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.platform.contracts.product.v1.Product;
import dev.platform.order.OrderProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What product-service last said: of each product, and of all of them. Everybody who asks it tells
 * it here, so that an order may be priced with what the page has seen. Thread-safe, never blocks.
 */
@Component
public final class LastProducts {

  private static final String ALL = "all";

  private final LastGood<String, Product> products;
  private final LastGood<String, List<Product>> lists;

  LastProducts(OrderProperties properties, MeterRegistry meters) {
    OrderProperties.LastProducts limits = properties.lastProducts();
    this.products = new LastGood<>(limits.maxProducts(), limits.maxAge(), Ticker.systemTicker());
    this.lists =
        new LastGood<>(Math.min(1, limits.maxProducts()), limits.maxAge(), Ticker.systemTicker());
    products.bindTo(meters, "last-products");
  }

  /** Keeps what was said of a product. */
  public void keep(Product product) {
    products.keep(product.getProductId(), product);
  }

  /** Keeps a whole list. */
  public void keepAll(List<Product> all) {
    lists.keep(ALL, List.copyOf(all));
    all.forEach(this::keep);
  }

  /** Forgets a product that there is no longer. */
  public void forget(String productId) {
    products.forget(productId);
  }

  /** Forgets everything. */
  public void clear() {
    products.clear();
    lists.clear();
  }

  /** What was last said of a product. */
  public Optional<Aged<Product>> find(String productId) {
    return products.find(productId);
  }

  /** The last whole list. */
  public Optional<Aged<List<Product>>> all() {
    return lists.find(ALL);
  }
}
