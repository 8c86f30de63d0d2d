package dev.platform.core.retry;

import dev.platform.core.call.CallRecorder;
import io.grpc.ClientInterceptor;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Selects a service config for each call of a channel: with hedging, with retries, or with neither,
 * each with what the channel's own method configs say. gRPC has no call option for that. This
 * internal API of gRPC is the only one that can do it; gRPC's xDS client uses it, too. Thread-safe,
 * never blocks.
 */
final class AttemptsSelector extends InternalConfigSelector {

  private static final String NAME = "name";
  private static final String RETRY = "retryPolicy";
  private static final String HEDGING = "hedgingPolicy";

  private final RetrySettings retry;
  private final HedgingSettings hedging;
  private final CallRecorder recorder;
  private final ServiceConfigParser parser;
  private final HedgingBudget budget;
  private final Map<String, Choices> byName = new HashMap<>();
  private final Choices others;

  /** What a call of some methods can be: once; retried; or hedged after a delay. */
  private record Choices(Result once, Result retried, Map<Duration, Result> hedged) {}

  /**
   * @param methods the channel's own method configs
   */
  AttemptsSelector(
      RetrySettings retry,
      HedgingSettings hedging,
      CallRecorder recorder,
      ServiceConfigParser parser,
      List<? extends Map<String, ?>> methods) {
    this.retry = retry;
    this.hedging = hedging;
    this.recorder = recorder;
    this.parser = parser;
    this.budget = new HedgingBudget(retry.budget());
    this.others = choices(Map.of());
    for (Map<String, ?> config : methods) {
      Choices choices = choices(config);
      names(config).forEach(name -> byName.put(name, choices));
    }
  }

  @Override
  public Result selectConfig(PickSubchannelArgs call) {
    MethodDescriptor<?, ?> method = call.getMethodDescriptor();
    Choices choices = choices(method);
    if (UpstreamRetry.isActive()) {
      return choices.once;
    }
    Duration delay = hedging.delay(method, retry);
    if (delay != null && budget.allowsMore()) {
      return choices.hedged.getOrDefault(delay, choices.once);
    }
    return retry.isRetried(method) ? choices.retried : choices.once;
  }

  /** Those of the method, else of its service, else of all methods. */
  private Choices choices(MethodDescriptor<?, ?> method) {
    if (byName.isEmpty()) {
      return others;
    }
    Choices own = byName.get(method.getFullMethodName());
    if (own == null) {
      own = byName.get(String.valueOf(method.getServiceName()));
    }
    return own == null ? byName.getOrDefault("", others) : own;
  }

  private Choices choices(Map<String, ?> config) {
    Map<String, Object> fields = new HashMap<>(config);
    fields.remove(NAME);
    if (fields.get(RETRY) instanceof Map<?, ?> policy) {
      return always(result(fields, calls(policy, null)));
    }
    if (fields.get(HEDGING) instanceof Map<?, ?> policy) {
      return always(result(fields, calls(policy, budget)));
    }
    Result retried =
        result(
            and(fields, RETRY, retry.policy()),
            new RepeatedCalls(recorder, retry.maxAttempts(), null));
    Map<Duration, Result> hedged = new HashMap<>();
    RepeatedCalls hedges = new RepeatedCalls(recorder, hedging.maxAttempts(), budget);
    for (Duration delay : hedging.methods().values()) {
      hedged.put(delay, result(and(fields, HEDGING, hedging.policy(delay)), hedges));
    }
    return new Choices(result(fields, null), retried, hedged);
  }

  /** The channel's own policy, whatever these settings say. */
  private Choices always(Result own) {
    Map<Duration, Result> hedged = new HashMap<>();
    hedging.methods().values().forEach(delay -> hedged.put(delay, own));
    return new Choices(own, own, hedged);
  }

  private RepeatedCalls calls(Map<?, ?> policy, @Nullable HedgingBudget hedges) {
    int attempts = policy.get("maxAttempts") instanceof Number max ? max.intValue() : 1;
    return new RepeatedCalls(recorder, attempts, hedges);
  }

  /** For all methods: this class selects the methods. */
  private Result result(Map<String, ?> fields, @Nullable ClientInterceptor calls) {
    Map<String, ?> config = Map.of("methodConfig", List.of(and(fields, NAME, List.of(Map.of()))));
    ConfigOrError parsed = parser.parseServiceConfig(config);
    if (parsed.getConfig() == null) {
      throw new IllegalStateException(
          "invalid service config %s: %s".formatted(config, parsed.getError()));
    }
    Result.Builder result = Result.newBuilder().setConfig(parsed.getConfig());
    return calls == null ? result.build() : result.setInterceptor(calls).build();
  }

  private static Map<String, Object> and(Map<String, ?> fields, String name, Object value) {
    Map<String, Object> all = new HashMap<>(fields);
    all.put(name, value);
    return all;
  }

  /** {@code service/method}, {@code service}, or nothing for all methods. */
  private static List<String> names(Map<String, ?> config) {
    List<String> names = new ArrayList<>();
    if (config.get(NAME) instanceof List<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> name) {
          String service = text(name.get("service"));
          String method = text(name.get("method"));
          names.add(method.isEmpty() ? service : service + "/" + method);
        }
      }
    }
    return names;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
