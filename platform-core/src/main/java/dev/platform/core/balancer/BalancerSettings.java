package dev.platform.core.balancer;

import static dev.platform.core.InvalidPropertyException.check;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.util.GracefulSwitchLoadBalancer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link OutlierAvoidingLoadBalancerProvider}'s policy. They travel to the load
 * balancer as the policy's configuration in the service config.
 *
 * @param avoidSilent whether calls avoid instances that are connected and answer nothing
 * @param ejection when calls avoid instances whose calls fail
 * @param slowStart during which {@code peak_ewma} raises the share of an instance that is new to
 *     this caller from a tenth to the whole; 0 s to 10 min, 0 for its whole share at once
 */
public record BalancerSettings(boolean avoidSilent, OutlierDetection ejection, Duration slowStart) {

  /** The default of {@link #slowStart}. */
  public static final Duration SLOW_START = Duration.ofSeconds(10);

  private static final Duration LONGEST_SLOW_START = Duration.ofMinutes(10);

  static final String POLICY = "platform_usable_instances";

  private static final String CHILD_POLICY = "childPolicy";
  private static final String AVOID_SILENT = "avoidSilent";
  private static final String OUTLIER_DETECTION = "outlierDetection";
  private static final String SLOW_START_FIELD = "slowStart";

  public BalancerSettings {
    check(
        !slowStart.isNegative() && slowStart.compareTo(LONGEST_SLOW_START) <= 0,
        "platform.grpc.slow-start",
        slowStart.toMillis() + "ms",
        "0s to 10m");
  }

  /** The same with the default slow start. */
  public BalancerSettings(boolean avoidSilent, OutlierDetection ejection) {
    this(avoidSilent, ejection, SLOW_START);
  }

  /**
   * The policy's configuration as {@link LoadBalancer.ResolvedAddresses} carries it.
   *
   * @param childName the policy that picks the instances
   * @param child its configuration
   */
  record Parsed(BalancerSettings settings, String childName, Object child) {}

  /**
   * Returns an entry of a service config's {@code loadBalancingConfig}: the child policy, inside of
   * this one unless everything in these settings is off and the child does not need it.
   *
   * @param childPolicy the name of the policy that picks the instances
   */
  public Map<String, ?> around(String childPolicy) {
    return around(List.of(Map.of(childPolicy, Map.of())));
  }

  /**
   * The same around configured policies.
   *
   * @param childPolicies entries of a {@code loadBalancingConfig}, at least one: gRPC takes the
   *     first that it knows
   */
  public Map<String, ?> around(List<? extends Map<String, ?>> childPolicies) {
    Map<String, ?> first = childPolicies.get(0);
    boolean off =
        !avoidSilent
            && !ejection.enabled()
            && !first.containsKey(PeakEwmaLoadBalancerProvider.POLICY);
    if (first.containsKey(POLICY) || (off && childPolicies.size() == 1)) {
      return first;
    }
    return Map.of(
        POLICY,
        Map.of(
            CHILD_POLICY,
            childPolicies,
            AVOID_SILENT,
            avoidSilent,
            OUTLIER_DETECTION,
            json(ejection),
            SLOW_START_FIELD,
            text(slowStart)));
  }

  /** Parses the configuration of the policy. All fields are required: none has a default here. */
  @SuppressWarnings("unchecked") // JSON: a list of objects, or parsing fails
  static ConfigOrError parse(Map<String, ?> config) {
    try {
      BalancerSettings settings =
          new BalancerSettings(
              required(config, AVOID_SILENT, Boolean.class),
              ejection((Map<String, ?>) required(config, OUTLIER_DETECTION, Map.class)),
              duration(config, SLOW_START_FIELD));
      List<Map<String, ?>> policies =
          (List<Map<String, ?>>) required(config, CHILD_POLICY, List.class);
      ConfigOrError child = GracefulSwitchLoadBalancer.parseLoadBalancingPolicyConfig(policies);
      Object parsed = child.getConfig();
      return parsed == null
          ? child
          : ConfigOrError.fromConfig(new Parsed(settings, known(policies), parsed));
    } catch (IllegalArgumentException | ClassCastException | DateTimeException e) {
      return ConfigOrError.fromError(
          Status.UNAVAILABLE
              .withDescription("invalid configuration of " + POLICY + ": " + e.getMessage())
              .withCause(e));
    }
  }

  /** gRPC takes the first that it knows. */
  private static String known(List<Map<String, ?>> policies) {
    LoadBalancerRegistry registry = LoadBalancerRegistry.getDefaultRegistry();
    return policies.stream()
        .flatMap(each -> each.keySet().stream())
        .filter(name -> registry.getProvider(name) != null)
        .findFirst()
        .orElse("");
  }

  private static Map<String, ?> json(OutlierDetection ejection) {
    return Map.of(
        "enabled", ejection.enabled(),
        "consecutiveFailures", (double) ejection.consecutiveFailures(),
        "failurePercentage", (double) ejection.failurePercentage(),
        "minimumCalls", (double) ejection.minimumCalls(),
        "interval", text(ejection.interval()),
        "ejectionTime", text(ejection.ejectionTime()),
        "maxEjectionTime", text(ejection.maxEjectionTime()));
  }

  private static OutlierDetection ejection(Map<String, ?> json) {
    return new OutlierDetection(
        required(json, "enabled", Boolean.class),
        required(json, "consecutiveFailures", Double.class).intValue(),
        required(json, "failurePercentage", Double.class).intValue(),
        required(json, "minimumCalls", Double.class).intValue(),
        duration(json, "interval"),
        duration(json, "ejectionTime"),
        duration(json, "maxEjectionTime"));
  }

  /** A duration as in protobuf's JSON: seconds with a fraction, and {@code s}. */
  private static String text(Duration duration) {
    return String.format(Locale.ROOT, "%d.%09ds", duration.toSeconds(), duration.getNano());
  }

  private static Duration duration(Map<String, ?> json, String field) {
    return Duration.parse("PT" + required(json, field, String.class));
  }

  private static <T> T required(Map<String, ?> json, String field, Class<T> type) {
    @Nullable Object value = json.get(field);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a %s)".formatted(field, value, type.getSimpleName()));
    }
    return type.cast(value);
  }
}
