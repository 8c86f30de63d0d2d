package dev.platform.core.retry;

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
 * Chooses for each call of a channel between service configs with hedging, with retries and with
 * neither, and has the callee told how often the call is made. gRPC has no option of a call for
 * that; this is the seam that its xDS client uses, the only one there is.
 */
final class AttemptsSelector extends InternalConfigSelector {

  private final RetrySettings retry;
  private final HedgingSettings hedging;
  private final HedgingBudget budget;
  private final Result once;
  private final Result retried;
  private final Map<Duration, Result> hedged = new HashMap<>();

  AttemptsSelector(RetrySettings retry, HedgingSettings hedging, ServiceConfigParser parser) {
    this.retry = retry;
    this.hedging = hedging;
    this.budget = new HedgingBudget(retry.budget());
    this.once = Result.newBuilder().setConfig(parse(parser, Map.of())).build();
    this.retried =
        Result.newBuilder()
            .setConfig(parse(parser, forAll("retryPolicy", retry.policy())))
            .setInterceptor(new RetriedCalls(retry.maxAttempts()))
            .build();
    HedgedCalls calls = new HedgedCalls(budget, hedging.maxAttempts());
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

  /** All methods: which of them it is for is decided here. */
  private static Map<String, ?> forAll(String name, Map<String, ?> policy) {
    return Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), name, policy)));
  }

  private static Object parse(ServiceConfigParser parser, Map<String, ?> config) {
    ConfigOrError parsed = parser.parseServiceConfig(config);
    if (parsed.getConfig() == null) {
      throw new IllegalStateException(config + " is no service config: " + parsed.getError());
    }
    return parsed.getConfig();
  }
}
