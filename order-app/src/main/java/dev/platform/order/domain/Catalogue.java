package dev.platform.order.domain;

import java.util.List;
import java.util.Map;

/** What products cost. Calls another service and blocks; throws {@link RemoteFailure}. */
public interface Catalogue {

  /** The prices of these products; unknown ones are left out. */
  Map<String, Money> prices(List<String> productIds);
}
