package dev.platform.core.ratelimit;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import dev.platform.core.priority.Priority;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which calls the limit of all calls together refuses first. High-priority calls may use all of it,
 * others only a part, so that a flood of them leaves the rest to those that matter most. The
 * priority that travels with a call ({@link dev.platform.core.priority.CallPriority}) counts, too:
 * the lower of both.
 *
 * @param methods the priority of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service, {@code package.Service}; {@code normal} by default. Without any, each
 *     call that brings no priority may use all of the limit.
 * @param shares the parts
 */
public record RatePriorities(Map<String, Priority> methods, Shares shares) {

  private static final String PREFIX = "platform.resilience.rate-limit";
  private static final String LOW = "-low";
  private static final String NORMAL = "-normal";

  /**
   * The part of the limit that calls of a priority may use, together with those of lower ones.
   *
   * @param low for low-priority calls
   * @param normal for calls of normal and low priority
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
  }

  public RatePriorities {
    methods = MethodMap.of(methods);
    RateLimitSettings.validateNames(PREFIX + ".priorities", methods.keySet());
  }

  /** Each call may use all of the limit. */
  public static RatePriorities none() {
    return new RatePriorities(Map.of(), new Shares(0.6, 0.9));
  }

  /**
   * The limits of the parts of a limit, by their limiters' names. A call passes those of its own
   * and of higher priorities, then the limit itself. Empty without priorities of methods.
   *
   * @param name the name of the limit's own limiter
   */
  public Map<String, RateLimiterConfig> parts(String name, RateLimiterConfig whole) {
    return methods.isEmpty() ? Map.of() : allParts(name, whole);
  }

  /** The same for priorities that travel with calls, too. */
  Map<String, RateLimiterConfig> allParts(String name, RateLimiterConfig whole) {
    return Map.of(
        name + LOW, Limiters.part(whole, shares.low()),
        name + NORMAL, Limiters.part(whole, shares.normal()));
  }

  /**
   * The names of the parts that limit this method's calls, the narrowest first.
   *
   * @param brought the priority that a call brings; null for none
   */
  List<String> partsOf(String name, String method, String service, @Nullable Priority brought) {
    Priority own = methods.get(method);
    Priority priority = Priority.lower(own == null ? methods.get(service) : own, brought);
    if (priority == null) {
      priority = methods.isEmpty() ? Priority.HIGH : Priority.NORMAL;
    }
    return switch (priority) {
      case LOW -> List.of(name + LOW, name + NORMAL);
      case NORMAL -> List.of(name + NORMAL);
      case HIGH -> List.of();
    };
  }
}
