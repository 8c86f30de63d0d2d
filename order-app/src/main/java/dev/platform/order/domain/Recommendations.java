package dev.platform.order.domain;

import java.util.List;

/** Recommended products. No order depends on it; answers or fails soon. */
public interface Recommendations {

  /** Ids of products, best first; throws {@link RemoteFailure}. */
  List<String> forUser(String userId);
}
