package dev.platform.order.domain;

import java.util.List;

/** Products that may please. Nobody's order depends on it; answers soon or fails soon. */
public interface Recommendations {

  /** Ids of products, best first; throws {@link RemoteFailure}. */
  List<String> forUser(String userId);
}
