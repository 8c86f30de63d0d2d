package dev.platform.order.domain;

import java.util.List;

/**
 * Product prices. Calls another service and blocks. When that service is unavailable, uses the
 * prices of its last good answers; throws {@link RemoteFailure} when there are none.
 */
public interface Catalogue {

  /** The prices of these products; unknown ones are left out. */
  Prices prices(List<String> productIds);
}
