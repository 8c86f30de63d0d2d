package dev.platform.starter.ratelimit;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many calls this process's gRPC server takes in a time. The limiters are Resilience4j's, are
 * configured under {@code resilience4j.ratelimiter.instances}, and are named here. Nothing is
 * limited until one is named, and gRPC's own services (health, reflection) never are. A call is
 * refused at once, never held.
 *
 * @param enabled whether the limits named here apply
 * @param server the limiter of all calls together
 * @param methods limiters of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service together, {@code package.Service}
 * @param caller a limit for each caller
 */
@ConfigurationProperties(RateLimitProperties.PREFIX)
public record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String server,
    @DefaultValue Map<String, String> methods,
    @DefaultValue Caller caller) {

  static final String PREFIX = "platform.resilience.rate-limit";

  private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");
  private static final Pattern HEADER = Pattern.compile("[0-9a-z_.-]+(?<!-bin)");

  /**
   * A bucket for each caller.
   *
   * @param limiter whose configuration each of them has; none by default
   * @param header where a call says who makes it; calls that don't say share one bucket
   * @param maxCallers how many callers are remembered, those seen last; whoever is forgotten begins
   *     with a full bucket
   */
  public record Caller(
      @Nullable String limiter,
      @DefaultValue("platform-caller") String header,
      @DefaultValue("1000") int maxCallers) {

    public Caller {
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
  }

  public RateLimitProperties {
    methods = Map.copyOf(methods);
    methods.forEach(
        (method, limiter) ->
            check(
                METHOD.matcher(method).matches(),
                PREFIX + ".methods",
                method,
                "package.Service/Method, or package.Service for all of its methods"));
  }
}
