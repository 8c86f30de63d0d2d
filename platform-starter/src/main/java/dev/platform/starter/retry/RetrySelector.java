package dev.platform.starter.retry;

import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;

/**
 * Chooses for each call between a service config with retries and one without. gRPC has no option
 * of a call for that; this is the seam that its xDS client uses, the only one there is.
 */
public final class RetrySelector extends InternalConfigSelector {

  private final Result retried;
  private final Result once;

  /**
   * @param retried a parsed service config, as gRPC's parser returned it
   * @param once the same without retries
   */
  public RetrySelector(Object retried, Object once) {
    this.retried = Result.newBuilder().setConfig(retried).build();
    this.once = Result.newBuilder().setConfig(once).build();
  }

  @Override
  public Result selectConfig(PickSubchannelArgs call) {
    return RetriedAbove.isSo() ? once : retried;
  }
}
