package dev.platform.core.retry;

import static dev.platform.core.config.InvalidPropertyException.check;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Retries of calls that ended with UNAVAILABLE or RESOURCE_EXHAUSTED before anything of the answer
 * had come, by gRPC itself: each on an instance that the load-balancing policy picks anew, when the
 * callee wants it ({@code grpc-retry-pushback-ms}), within the deadline of the call. Not when the
 * caller of this process would make its own call again. Only for methods whose author says that a
 * second execution does no harm: in the proto, or here. A call counts once in its circuit breaker,
 * by its last attempt.
 *
 * @param enabled whether calls are retried
 * @param byProtoOption whether a method is idempotent when its proto has {@code option
 *     idempotency_level} {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}
 * @param methods what else is idempotent: {@code package.Service/Method}, or {@code
 *     package.Service} for all methods of a service
 * @param excludedMethods what is not to be repeated whatever its proto says, likewise
 * @param maxAttempts how often a call is tried in all
 * @param initialBackoff pause before the second attempt, a fifth longer or shorter by chance; each
 *     further one is twice as long
 * @param maxBackoff what no pause grows beyond, but by its fifth
 * @param budget how many retries there may be, for each called service
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

  /** Nothing was executed, or nobody was there. */
  static final List<String> STATUSES = List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED");

  private static final double BACKOFF_MULTIPLIER = 2;

  /**
   * As in gRPC's proposal A6: a failed attempt takes a token, a good one gives {@code ratio} of one
   * back, and nothing is retried while less than half of them are there.
   *
   * @param tokens how many tokens there are at most
   * @param ratio what a good call gives back
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

    /** In a service config. */
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

  /** Whether somebody who knows says that a second execution does no harm. */
  boolean isIdempotent(MethodDescriptor<?, ?> method) {
    return (byProtoOption && method.isIdempotent() || isAmong(methods, method))
        && !isAmong(excludedMethods, method);
  }

  private static boolean isAmong(List<String> names, MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return names.contains(method.getFullMethodName()) || service != null && names.contains(service);
  }

  /** In a service config. */
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
