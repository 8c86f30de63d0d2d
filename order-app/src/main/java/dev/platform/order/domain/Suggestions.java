package dev.platform.order.domain;

import java.util.List;

/**
 * The part of an answer that is not about the order.
 *
 * @param recommendedProductIds products recommended to the user, or their substitutes
 * @param degradedFeatures names of the features missing in this part of the answer
 */
public record Suggestions(List<String> recommendedProductIds, List<String> degradedFeatures) {

  public Suggestions {
    recommendedProductIds = List.copyOf(recommendedProductIds);
    degradedFeatures = List.copyOf(degradedFeatures);
  }
}
