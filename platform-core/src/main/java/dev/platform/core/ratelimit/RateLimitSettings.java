package dev.platform.core.ratelimit;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rate limits of this process's gRPC server, as configurations of Resilience4j's limiters. gRPC's
 * own services (health, reflection) are never limited. A call is refused at once, never held: a
 * configuration's timeout has no effect.
 *
 * @param server the limit of all calls together; null for none
 * @param methods limits of single methods, {@code package.Service/Method}, or of all other methods
 *     of a service together, {@code package.Service}
 * @param caller the limit of each caller; null for none
 * @param priorities which calls the limit of all calls refuses first
 */
public record RateLimitSettings(
    @Nullable RateLimiterConfig server,
    Map<String, RateLimiterConfig> methods,
    @Nullable Caller caller,
    RatePriorities priorities) {

  private static final String PREFIX = "platform.resilience.rate-limit";
  private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");
  private static final Pattern HEADER = Pattern.compile("[0-9a-z_.-]+(?<!-bin)");

  /**
   * A limit for each caller.
   *
   * @param limit the limit of one caller
   * @param header the header that names a caller that has not proved its workload; calls of unknown
   *     callers share one limit
   * @param trustsHeader whether the header counts: anybody can send any
   * @param maxCallers how many callers are remembered, the most recent ones; a forgotten caller
   *     starts with a full limit
   */
  public record Caller(
      RateLimiterConfig limit, String header, boolean trustsHeader, int maxCallers) {

    public Caller {
      checkLimit(PREFIX + ".caller.limiter", limit);
      validate(header, maxCallers);
    }

    /** A limit by a header that is trusted. */
    public Caller(RateLimiterConfig limit, String header, int maxCallers) {
      this(limit, header, true, maxCallers);
    }

    /**
     * Checks the settings beside the limit.
     *
     * @throws dev.platform.core.InvalidPropertyException for a value that can't work
     */
    public static void validate(String header, int maxCallers) {
      check(
          HEADER.matcher(header).matches(),
          PREFIX + ".caller.header",
          header.isBlank() ? "(empty)" : header,
          "a header's name of lower-case letters, digits, '.', '_' and '-', not ending in -bin");
      check(
          maxCallers >= 1 && maxCallers <= 100_000,
          PREFIX + ".caller.max-callers",
          maxCallers,
          "1 to 100000");
    }

    /** The limiters of callers; in no registry: that would create metrics per caller. */
    public CallerLimits limits() {
      RateLimiterConfig config = immediate(limit);
      return new CallerLimits(
          header, trustsHeader, maxCallers, name -> RateLimiter.of(name, config));
    }
  }

  public RateLimitSettings {
    methods = MethodMap.of(methods);
    validateMethods(methods.keySet());
    if (server != null) {
      checkLimit(PREFIX + ".server", server);
    }
    methods.forEach((method, limit) -> checkLimit(PREFIX + ".methods." + method, limit));
  }

  /** No limits. */
  public static RateLimitSettings none() {
    return new RateLimitSettings(null, Map.of(), null, RatePriorities.none());
  }

  /** So many calls a second. */
  public static RateLimiterConfig perSecond(int calls) {
    return RateLimiterConfig.custom()
        .limitForPeriod(calls)
        .limitRefreshPeriod(Duration.ofSeconds(1))
        .timeoutDuration(Duration.ZERO)
        .build();
  }

  /** The same with a limit of all calls together. */
  public RateLimitSettings withServer(RateLimiterConfig limit) {
    return new RateLimitSettings(limit, methods, caller, priorities);
  }

  /** The same with the limit of a method, or of all other methods of a service. */
  public RateLimitSettings withMethod(String method, RateLimiterConfig limit) {
    Map<String, RateLimiterConfig> more = new HashMap<>(methods);
    more.put(method, limit);
    return new RateLimitSettings(server, more, caller, priorities);
  }

  /**
   * The same with a limit for each caller: by its workload where that is proved, else by the header
   * {@code platform-caller}.
   */
  public RateLimitSettings withCaller(RateLimiterConfig limit) {
    return new RateLimitSettings(
        server, methods, new Caller(limit, "platform-caller", 1000), priorities);
  }

  /** The same with priorities for the limit of all calls together. */
  public RateLimitSettings withPriorities(RatePriorities some) {
    return new RateLimitSettings(server, methods, caller, some);
  }

  public boolean isEmpty() {
    return server == null && methods.isEmpty() && caller == null;
  }

  /** The limits of one server, not shared with other instances. */
  public RateLimits limits(SharedRateLimits none, MeterRegistry meters) {
    Map<String, RateLimiter> limiters = new HashMap<>();
    methods.forEach((method, limit) -> limiters.put(method, limiter(method, limit)));
    return new RateLimits(
        caller == null ? null : caller.limits(),
        limiters,
        server == null ? null : limiter("server", server),
        priorities,
        none,
        meters);
  }

  /**
   * Checks the names of methods.
   *
   * @throws dev.platform.core.InvalidPropertyException for one that can't be any
   */
  public static void validateMethods(Collection<String> methods) {
    validateNames(PREFIX + ".methods", methods);
  }

  static void validateNames(String property, Collection<String> methods) {
    methods.forEach(
        method ->
            check(
                METHOD.matcher(method).matches(),
                property,
                method,
                "package.Service/Method, or package.Service for all of its methods"));
  }

  private static RateLimiter limiter(String name, RateLimiterConfig config) {
    return RateLimiter.of(name, immediate(config));
  }

  private static RateLimiterConfig immediate(RateLimiterConfig config) {
    return RateLimiterConfig.from(config).timeoutDuration(Duration.ZERO).build();
  }

  private static void checkLimit(String property, RateLimiterConfig limit) {
    check(Limiters.isLimit(limit), property, Limiters.rate(limit), "at most a million a second");
  }
}
