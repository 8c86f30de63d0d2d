package dev.platform.inventory.domain;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the levels of some products. Thread-safe, blocks on the database. */
public final class CheckStock {

  /** The most products of a request. */
  public static final int MAX_PRODUCTS = 1000;

  private final StockLevels levels;

  public CheckStock(StockLevels levels) {
    this.levels = levels;
  }

  /** One level for each known product, by id. */
  public List<StockLevel> of(List<String> productIds) {
    InvalidInput.requireSize("product_ids", productIds.size(), MAX_PRODUCTS);
    Set<String> distinct = new LinkedHashSet<>();
    for (int i = 0; i < productIds.size(); i++) {
      distinct.add(InvalidInput.requireId("product_ids[" + i + "]", productIds.get(i)));
    }
    return levels.of(distinct);
  }
}
