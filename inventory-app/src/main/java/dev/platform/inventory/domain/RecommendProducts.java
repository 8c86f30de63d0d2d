package dev.platform.inventory.domain;

import java.util.List;

/**
 * Suggests products. A single user's purchases are not known here, so all users get the best
 * sellers that are in stock. Thread-safe, blocks on the database.
 */
public final class RecommendProducts {

  static final int MOST = 5;

  private final Catalogue catalogue;

  public RecommendProducts(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Ids of at most five products, best first; the same sales give the same answer. */
  public List<String> forUser(String userId) {
    InvalidInput.requireId("user_id", userId);
    return catalogue.bestSellers(MOST);
  }
}
