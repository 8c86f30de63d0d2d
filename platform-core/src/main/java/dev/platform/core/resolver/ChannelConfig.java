package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerSettings;
import io.grpc.NameResolver.Args;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The service config of one channel: the platform's, and what the channel's builder has. Where both
 * say something, the builder's wins. Immutable.
 */
final class ChannelConfig {

  private static final String METHODS = "methodConfig";
  private static final String BALANCING = "loadBalancingConfig";
  private static final String FORMER_BALANCING = "loadBalancingPolicy";

  private final Map<String, ?> own;
  private final List<? extends Map<String, ?>> policies;

  private ChannelConfig(Map<String, ?> own, List<? extends Map<String, ?>> policies) {
    this.own = own;
    this.policies = policies;
  }

  static ChannelConfig of(Args args) {
    BuilderSettings builder = args.getArg(BuilderSettings.KEY);
    Map<String, ?> own = builder == null ? Map.of() : builder.serviceConfig();
    return new ChannelConfig(own, policies(own, args, builder));
  }

  /** The channel's own policies, the first known one applies; none for the application's. */
  @SuppressWarnings("unchecked") // gRPC has checked the default service config
  private static List<? extends Map<String, ?>> policies(
      Map<String, ?> own, Args args, @Nullable BuilderSettings builder) {
    if (own.get(BALANCING) instanceof List<?> policies) {
      return (List<? extends Map<String, ?>>) policies;
    }
    if (own.get(FORMER_BALANCING) instanceof String policy) {
      return List.of(Map.of(policy.toLowerCase(Locale.ROOT), Map.of()));
    }
    String argument = args.getArg(ResolverContext.LOAD_BALANCING);
    if (argument != null) {
      return List.of(Map.of(argument, Map.of()));
    }
    return builder == null
        ? List.of()
        : builder.policy().map(policy -> List.of(Map.of(policy, Map.of()))).orElse(List.of());
  }

  /** The builder's method configs; without any, an empty list. */
  @SuppressWarnings("unchecked") // gRPC has checked the default service config
  List<? extends Map<String, ?>> methods() {
    return own.get(METHODS) instanceof List<?> methods
        ? (List<? extends Map<String, ?>>) methods
        : List.of();
  }

  /**
   * The service config as JSON.
   *
   * @param withMethods false if a config selector applies the method configs
   */
  Map<String, ?> with(ResolverContext context, boolean withMethods) {
    Map<String, Object> config = new HashMap<>(context.retryAndHedging().serviceConfig());
    config.putAll(own);
    config.remove(FORMER_BALANCING);
    if (!withMethods) {
      config.remove(METHODS);
    }
    BalancerSettings settings = context.balancerSettings();
    config.put(
        BALANCING,
        List.of(
            policies.isEmpty()
                ? settings.around(context.loadBalancing())
                : settings.around(policies)));
    return config;
  }
}
