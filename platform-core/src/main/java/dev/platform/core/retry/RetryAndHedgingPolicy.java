package dev.platform.core.retry;

import dev.platform.core.call.CallRecorder;
import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver.ServiceConfigParser;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which calls of a channel gRPC retries or hedges. Thread-safe, never blocks. */
public final class RetryAndHedgingPolicy {

  private final RetrySettings retry;
  private final HedgingSettings hedging;
  private final CallRecorder recorder;

  /**
   * @param recorder makes records of calls on channels without the platform's interceptors
   */
  public RetryAndHedgingPolicy(
      RetrySettings retry, HedgingSettings hedging, CallRecorder recorder) {
    this.retry = retry;
    this.hedging = hedging;
    this.recorder = recorder;
  }

  /** The part of a channel's service config that limits retries: the budget. */
  public Map<String, ?> serviceConfig() {
    return isActive() ? retry.budget().throttling() : Map.of();
  }

  /**
   * Selects the policy of each call of one channel; null if there are no retries or hedges.
   *
   * @param methods the channel's own method configs; a retry or hedging policy there replaces this
   *     one for its methods
   * @throws IllegalStateException if gRPC does not accept one of them
   */
  public @Nullable InternalConfigSelector selector(
      ServiceConfigParser parser, List<? extends Map<String, ?>> methods) {
    return isActive() ? new AttemptsSelector(retry, hedging, recorder, parser, methods) : null;
  }

  private boolean isActive() {
    return retry.enabled() || !hedging.methods().isEmpty();
  }
}
