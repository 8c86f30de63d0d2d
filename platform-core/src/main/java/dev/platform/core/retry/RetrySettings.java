package dev.platform.core.retry;

import static dev.platform.core.InvalidPropertyException.check;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Retries by gRPC itself, of calls that ended with UNAVAILABLE or RESOURCE_EXHAUSTED before
 * response headers were received. The load-balancing policy picks an instance for each attempt. A
 * server may delay or forbid a retry ({@code grpc-retry-pushback-ms}). All attempts share the
 * deadline of the call. There is no retry if the caller of this process will retry its own call.
 * Only idempotent methods are retried: those that the proto or these settings declare so. A call
 * counts once in its circuit breaker, by its end.
 *
 * @param enabled whether calls are retried
 * @param byProtoOption whether a method is idempotent if its proto has the {@code option
 *     idempotency_level} {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}
 * @param methods further idempotent methods: {@code package.Service/Method}, or {@code
 *     package.Service} for all methods of a service
 * @param excludedMethods methods that are not idempotent, whatever their proto says; likewise
 * @param maxAttempts the maximal number of attempts of a call; 2 to 5
 * @param initialBackoff the delay before the second attempt, with ±20 % jitter, at least 1 ms; each
 *     further delay is twice as long
 * @param maxBackoff the longest delay before jitter; at least {@code initialBackoff}
 * @param budget limits the retries to each called service
 */
public record RetrySettings(
    boolean enabled,
    boolean byProtoOption,
    List<String> methods,
    List<String> excludedMethods,
    int maxAttempts,
    Duration initialBackoff,
    Duration maxBackoff,
    Budget budget) {

  private static final String PREFIX = "platform.resilience.retry.";
  static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

  static final String METHOD_EXPECTED =
      "package.Service/Method, or package.Service for all of its methods";

  /** Either nothing was executed, or no server was reached. */
  static final List<String> STATUSES = List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED");

  private static final double BACKOFF_MULTIPLIER = 2;

  /**
   * The retry throttling of gRPC's proposal A6. A failed attempt takes a token, and a successful
   * one returns {@code ratio} of a token. Calls are retried while more than half of the tokens are
   * left. With half or less, nothing is retried.
   *
   * @param tokens the maximal number of tokens; 1 to 1000
   * @param ratio the part of a token that a successful attempt returns; over 0, at most 1
   */
  public record Budget(int tokens, double ratio) {

    public Budget {
      check(
          tokens >= 1 && tokens <= 1000,
          PREFIX + "budget.tokens",
          tokens,
          "a whole number from 1 to 1000");
      check(ratio > 0 && ratio <= 1, PREFIX + "budget.ratio", ratio, "a number over 0, at most 1");
    }

    /** The {@code retryThrottling} of a service config. */
    Map<String, ?> throttling() {
      return Map.of("retryThrottling", Map.of("maxTokens", (double) tokens, "tokenRatio", ratio));
    }
  }

  public RetrySettings {
    methods = List.copyOf(methods);
    excludedMethods = List.copyOf(excludedMethods);
    requireNames("methods", methods);
    requireNames("excluded-methods", excludedMethods);
    for (int i = 0; i < methods.size(); i++) {
      check(
          !excludedMethods.contains(methods.get(i)),
          PREFIX + "methods[" + i + "]",
          methods.get(i),
          "none of " + PREFIX + "excluded-methods");
    }
    check(
        maxAttempts >= 2 && maxAttempts <= 5,
        PREFIX + "max-attempts",
        maxAttempts,
        "a whole number from 2 to 5; platform.resilience.retry.enabled=false for no retries");
    check(
        initialBackoff.toMillis() >= 1,
        PREFIX + "initial-backoff",
        initialBackoff.toMillis() + "ms",
        "at least 1ms");
    check(
        maxBackoff.compareTo(initialBackoff) >= 0,
        PREFIX + "max-backoff",
        maxBackoff.toMillis() + "ms",
        "at least initial-backoff, " + initialBackoff.toMillis() + "ms");
  }

  /** Three attempts of idempotent methods, with a budget of 200 tokens. */
  public static RetrySettings defaults() {
    return new RetrySettings(
        true,
        true,
        List.of(),
        List.of(),
        3,
        Duration.ofMillis(50),
        Duration.ofSeconds(1),
        new Budget(200, 0.1));
  }

  private static void requireNames(String property, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      check(
          METHOD.matcher(names.get(i)).matches(),
          PREFIX + property + "[" + i + "]",
          names.get(i),
          METHOD_EXPECTED);
    }
  }

  /** Whether calls of a method are retried. */
  public boolean isRetried(MethodDescriptor<?, ?> method) {
    return enabled && isIdempotent(method);
  }

  /** Whether the proto or these settings declare a method idempotent. */
  boolean isIdempotent(MethodDescriptor<?, ?> method) {
    return (byProtoOption && method.isIdempotent() || isAmong(methods, method))
        && !isAmong(excludedMethods, method);
  }

  private static boolean isAmong(List<String> names, MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return names.contains(method.getFullMethodName()) || service != null && names.contains(service);
  }

  /** The {@code retryPolicy} of a service config. */
  Map<String, ?> policy() {
    return Map.of(
        "maxAttempts",
        (double) maxAttempts,
        "initialBackoff",
        seconds(initialBackoff),
        "maxBackoff",
        seconds(maxBackoff),
        "backoffMultiplier",
        BACKOFF_MULTIPLIER,
        "retryableStatusCodes",
        STATUSES);
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%d.%03ds", duration.toSeconds(), duration.toMillisPart());
  }
}
