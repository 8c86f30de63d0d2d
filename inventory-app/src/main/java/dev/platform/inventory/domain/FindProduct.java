package dev.platform.inventory.domain;

/** Finds one product. Thread-safe, blocks on the database. */
public final class FindProduct {

  private final Catalogue catalogue;

  public FindProduct(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Refuses an unknown product. */
  public Product byId(String productId) {
    InvalidInput.requireId("product_id", productId);
    return catalogue.find(productId).orElseThrow(() -> Refusal.unknownProduct(productId));
  }
}
