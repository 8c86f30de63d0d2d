package dev.platform.order.domain;

import java.util.List;

/**
 * What products cost. Calls another service and blocks. When that is away the prices of its last
 * good answers stand in; throws {@link RemoteFailure} when there are none.
 */
public interface Catalogue {

  /** The prices of these products; unknown ones are left out. */
  Prices prices(List<String> productIds);
}
