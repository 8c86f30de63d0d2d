package dev.platform.inventory.domain;

import java.util.List;
import java.util.Optional;

/** The products for sale. All calls block on the database. */
public interface Catalogue {

  Optional<Product> find(String productId);

  /**
   * At most {@code limit} products with a greater id, by id; the empty id starts at the first
   * product.
   */
  List<Product> after(String productId, int limit);

  /** Ids of at most {@code limit} products that are in stock: most sold first, then by id. */
  List<String> bestSellers(int limit);
}
