package dev.platform.core.concurrency;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import dev.platform.core.priority.Priority;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limits the unary calls that this process's gRPC server handles concurrently. A call over the
 * limit is refused at once, instead of waiting for a thread until its caller has given up. The
 * refusal itself needs one of the server's threads, so there must be more threads than the limit.
 * Streams don't count, since they live long and mostly wait; neither do gRPC's own services
 * (health, reflection).
 *
 * @param limit the limit, where it is fixed
 * @param adaptive the bounds of an adaptive limit
 * @param gradient2 the bounds of Netflix's adaptive limit
 * @param shares how much of the limit calls may use, by their priority
 * @param methods the priority of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service, {@code package.Service}; by default the one that the call brings
 *     ({@link dev.platform.core.priority.CallPriority}), else {@code normal}. If there are both,
 *     the lower one counts
 */
public record ConcurrencyLimitSettings(
    int limit,
    Adaptive adaptive,
    Gradient2 gradient2,
    Shares shares,
    Map<String, Priority> methods) {

  private static final String PREFIX = "platform.resilience.concurrency-limit";

  private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");
  private static final int MAX_LIMIT = 100_000;

  /**
   * The bounds of an adaptive limit.
   *
   * @param initialLimit the limit at the start
   * @param minLimit the lower bound
   * @param maxLimit the upper bound
   */
  public record Adaptive(int initialLimit, int minLimit, int maxLimit) {

    public Adaptive {
      checkBounds("adaptive", initialLimit, minLimit, maxLimit);
    }
  }

  /**
   * The bounds of Netflix's adaptive limit.
   *
   * @param initialLimit the limit at the start
   * @param minLimit the lower bound
   * @param maxLimit the upper bound
   */
  public record Gradient2(int initialLimit, int minLimit, int maxLimit) {

    public Gradient2 {
      checkBounds("gradient2", initialLimit, minLimit, maxLimit);
    }
  }

  private static void checkBounds(String mode, int initial, int min, int max) {
    String prefix = PREFIX + "." + mode;
    check(min >= 1 && min <= MAX_LIMIT, prefix + ".min-limit", min, "1 to " + MAX_LIMIT);
    check(
        max >= min && max <= MAX_LIMIT,
        prefix + ".max-limit",
        max,
        "min-limit, " + min + ", to " + MAX_LIMIT);
    check(
        initial >= min && initial <= max,
        prefix + ".initial-limit",
        initial,
        "min-limit, " + min + ", to max-limit, " + max);
  }

  /**
   * A call is refused when this part of the limit is in use, by calls of any priority.
   * High-priority calls may use all of it, and half as much again of an adaptive limit.
   *
   * @param low for low-priority calls
   * @param normal for normal-priority calls
   */
  public record Shares(double low, double normal) {

    public Shares {
      check(normal > 0 && normal <= 1, PREFIX + ".shares.normal", normal, "over 0, at most 1");
      check(
          low > 0 && low <= normal,
          PREFIX + ".shares.low",
          low,
          "over 0, at most shares.normal, " + normal);
    }

    double of(Priority priority) {
      return switch (priority) {
        case LOW -> low;
        case NORMAL -> normal;
        case HIGH -> 1;
      };
    }
  }

  /** The same; {@code adaptive} has the bounds of {@code gradient2}. */
  public ConcurrencyLimitSettings(
      int limit, Gradient2 gradient2, Shares shares, Map<String, Priority> methods) {
    this(
        limit,
        new Adaptive(gradient2.initialLimit(), gradient2.minLimit(), gradient2.maxLimit()),
        gradient2,
        shares,
        methods);
  }

  /** A fixed limit of 100; normal calls may use 90 % of it, low-priority calls 60 %. */
  public static ConcurrencyLimitSettings defaults() {
    return new ConcurrencyLimitSettings(
        100, new Adaptive(50, 10, 180), new Gradient2(50, 10, 180), new Shares(0.6, 0.9), Map.of());
  }

  public ConcurrencyLimitSettings {
    methods = MethodMap.of(methods);
    check(limit >= 1 && limit <= MAX_LIMIT, PREFIX + ".limit", limit, "1 to " + MAX_LIMIT);
    methods
        .keySet()
        .forEach(
            method ->
                check(
                    METHOD.matcher(method).matches(),
                    PREFIX + ".methods",
                    method,
                    "package.Service/Method, or package.Service for all of its methods"));
  }

  /** The priority of a method; null if none is set. */
  @Nullable Priority priority(String method, String service) {
    Priority own = methods.get(method);
    return own == null ? methods.get(service) : own;
  }
}
