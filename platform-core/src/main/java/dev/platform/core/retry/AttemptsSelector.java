package dev.platform.core.retry;

import dev.platform.core.call.CallRecorder;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Selects a service config for each call of a channel: with hedging, with retries, or with neither.
 * gRPC has no call option for that. This internal API of gRPC is the only one that can do it;
 * gRPC's xDS client uses it, too. Thread-safe, never blocks.
 */
final class AttemptsSelector extends InternalConfigSelector {

  private final RetrySettings retry;
  private final HedgingSettings hedging;
  private final HedgingBudget budget;
  private final Result once;
  private final Result retried;
  private final Map<Duration, Result> hedged = new HashMap<>();

  AttemptsSelector(
      RetrySettings retry,
      HedgingSettings hedging,
      CallRecorder recorder,
      ServiceConfigParser parser) {
    this.retry = retry;
    this.hedging = hedging;
    this.budget = new HedgingBudget(retry.budget());
    this.once = Result.newBuilder().setConfig(parse(parser, Map.of())).build();
    this.retried =
        Result.newBuilder()
            .setConfig(parse(parser, forAll("retryPolicy", retry.policy())))
            .setInterceptor(new RepeatedCalls(recorder, retry.maxAttempts(), null))
            .build();
    RepeatedCalls calls = new RepeatedCalls(recorder, hedging.maxAttempts(), budget);
    for (Duration delay : hedging.methods().values()) {
      hedged.put(
          delay,
          Result.newBuilder()
              .setConfig(parse(parser, forAll("hedgingPolicy", hedging.policy(delay))))
              .setInterceptor(calls)
              .build());
    }
  }

  @Override
  public Result selectConfig(PickSubchannelArgs call) {
    if (UpstreamRetry.isActive()) {
      return once;
    }
    MethodDescriptor<?, ?> method = call.getMethodDescriptor();
    Duration delay = hedging.delay(method, retry);
    if (delay != null && budget.allowsMore()) {
      return hedged.getOrDefault(delay, once);
    }
    return retry.isRetried(method) ? retried : once;
  }

  /** For all methods: this class selects the methods. */
  private static Map<String, ?> forAll(String name, Map<String, ?> policy) {
    return Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), name, policy)));
  }

  private static Object parse(ServiceConfigParser parser, Map<String, ?> config) {
    ConfigOrError parsed = parser.parseServiceConfig(config);
    if (parsed.getConfig() == null) {
      throw new IllegalStateException(
          "invalid service config %s: %s".formatted(config, parsed.getError()));
    }
    return parsed.getConfig();
  }
}
