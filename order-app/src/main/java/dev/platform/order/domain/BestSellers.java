package dev.platform.order.domain;

import java.util.List;

/** What is shown to everybody when {@link Recommendations} are away. */
public interface BestSellers {

  /** Ids of products, best first; empty when even these can't be told. Fails never. */
  List<String> ids();
}
