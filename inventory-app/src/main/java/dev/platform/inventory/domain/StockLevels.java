package dev.platform.inventory.domain;

import java.util.Collection;
import java.util.List;

/** Reads stock. */
public interface StockLevels {

  /** The levels of the known ones among these products, by id. Blocks on the database. */
  List<StockLevel> of(Collection<String> productIds);
}
