package dev.platform.core.retry;

import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver.ServiceConfigParser;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which calls of a channel are made more than once; in gRPC's own terms. Thread-safe. */
public final class RetryAndHedgingPolicy {

  private final RetrySettings retry;
  private final HedgingSettings hedging;

  public RetryAndHedgingPolicy(RetrySettings retry, HedgingSettings hedging) {
    this.retry = retry;
    this.hedging = hedging;
  }

  /** What a channel's service config has to say of it: the budget. */
  public Map<String, ?> serviceConfig() {
    return isActive() ? retry.budget().throttling() : Map.of();
  }

  /** Decides for each call of one channel; null where all are made once. */
  public @Nullable InternalConfigSelector selector(ServiceConfigParser parser) {
    return isActive() ? new AttemptsSelector(retry, hedging, parser) : null;
  }

  private boolean isActive() {
    return retry.enabled() || !hedging.methods().isEmpty();
  }
}
