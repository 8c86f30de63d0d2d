package dev.platform.order.domain;

import java.util.List;

/**
 * What an answer says beside the order.
 *
 * @param recommendedProductIds products that may please the user, or what stands in for them
 * @param degradedFeatures names of features that this part of the answer does without
 */
public record Suggestions(List<String> recommendedProductIds, List<String> degradedFeatures) {

  public Suggestions {
    recommendedProductIds = List.copyOf(recommendedProductIds);
    degradedFeatures = List.copyOf(degradedFeatures);
  }
}
