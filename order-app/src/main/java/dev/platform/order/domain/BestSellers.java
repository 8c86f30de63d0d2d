package dev.platform.order.domain;

import java.util.List;

/** Shown to all users when {@link Recommendations} are unavailable. */
public interface BestSellers {

  /** Ids of products, best first; empty when they can't be read. Never fails. */
  List<String> ids();
}
