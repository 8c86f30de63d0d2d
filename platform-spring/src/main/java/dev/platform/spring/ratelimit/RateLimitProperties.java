package dev.platform.spring.ratelimit;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.priority.Priority;
import dev.platform.core.ratelimit.RateLimitSettings;
import dev.platform.core.ratelimit.RatePriorities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Rate limits of this process's gRPC server. The limiters are Resilience4j's, are configured under
 * {@code resilience4j.ratelimiter.instances}, and are named here. Nothing is limited until one is
 * named, and gRPC's own services (health, reflection) never are. A call is refused at once, never
 * held.
 *
 * @param enabled whether the limits named here apply
 * @param server the limiter of all calls together
 * @param methods limiters of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service together, {@code package.Service}
 * @param caller a limit for each caller
 * @param priorities which calls {@code server} refuses first: the priority of single methods,
 *     {@code package.Service/Method}, or of all other methods of a service, {@code
 *     package.Service}; by default the one that the call brings, else {@code normal}. If there are
 *     both, the lower one counts. Without any, a call that brings none may use all of the limit
 * @param shares how much of {@code server}'s limit calls may use, by their priority
 * @param shared limits of all instances of this application together
 */
@ConfigurationProperties(RateLimitProperties.PREFIX)
public record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String server,
    @DefaultValue Map<String, String> methods,
    @DefaultValue Caller caller,
    @DefaultValue Map<String, Priority> priorities,
    @DefaultValue Shares shares,
    @DefaultValue Shared shared) {

  public static final String PREFIX = "platform.resilience.rate-limit";

  /**
   * A limiter for each caller.
   *
   * @param limiter the limiter whose configuration each of them has; none by default
   * @param header the header that names a caller that has not proved its workload; calls of unknown
   *     callers share one limiter
   * @param trustHeader whether the header counts, which anybody can send; by default only where
   *     transport security is off
   * @param maxCallers how many callers are remembered, the most recent ones; a forgotten caller
   *     starts with a full limit
   */
  public record Caller(
      @Nullable String limiter,
      @DefaultValue("platform-caller") String header,
      @Nullable Boolean trustHeader,
      @DefaultValue("1000") int maxCallers) {

    public Caller {
      RateLimitSettings.Caller.validate(header, maxCallers);
    }
  }

  /**
   * The part of the limit that calls of a priority may use, together with those of lower ones.
   * High-priority calls may use all of it.
   *
   * @param low for low-priority calls
   * @param normal for calls of normal and low priority
   */
  public record Shares(@DefaultValue("0.6") double low, @DefaultValue("0.9") double normal) {

    RatePriorities.Shares settings() {
      return new RatePriorities.Shares(low, normal);
    }
  }

  /**
   * Limits that all instances of this application share through Redis, by Bucket4j. Needs {@code
   * com.bucket4j:bucket4j_jdk17-lettuce} and {@code io.lettuce:lettuce-core}.
   *
   * @param limiters which of the limiters named by {@code server} and {@code methods} are shared
   * @param redisUri the address of Redis: {@code redis://[user:password@]host:port[/database]}, or
   *     {@code rediss} for TLS
   * @param timeout how long Redis may take to answer; then this instance uses its local share until
   *     Redis answers again
   * @param localShare the local share as a fraction of the limit, over 0, at most 1; by default 1
   *     divided by the number of instances in discovery
   */
  public record Shared(
      @DefaultValue List<String> limiters,
      @Nullable String redisUri,
      @DefaultValue("40ms") Duration timeout,
      @Nullable Double localShare) {

    public Shared {
      limiters = List.copyOf(limiters);
      check(
          timeout.toMillis() >= 5 && timeout.toMillis() <= 1000,
          PREFIX + ".shared.timeout",
          timeout.toMillis() + "ms",
          "5ms to 1s");
      check(
          localShare == null || localShare > 0 && localShare <= 1,
          PREFIX + ".shared.local-share",
          localShare,
          "over 0, at most 1");
    }

    /** Without the address, which may have a password. */
    @Override
    public String toString() {
      return "Shared[limiters=%s, timeout=%s, localShare=%s]"
          .formatted(limiters, timeout, localShare);
    }
  }

  public RateLimitProperties {
    methods = Map.copyOf(methods);
    RateLimitSettings.validateMethods(methods.keySet());
    RatePriorities valid = new RatePriorities(priorities, shares.settings());
    priorities = valid.methods();
    check(
        priorities.isEmpty() || server != null,
        PREFIX + ".priorities",
        priorities,
        "none without %s.server, whose limit they divide".formatted(PREFIX));
    for (int i = 0; i < shared.limiters().size(); i++) {
      String name = shared.limiters().get(i);
      check(
          name.equals(server) || methods.containsValue(name),
          PREFIX + ".shared.limiters[" + i + "]",
          name.isBlank() ? "(empty)" : name,
          "a limiter that %s.server or .methods names".formatted(PREFIX));
    }
  }

  RatePriorities ratePriorities() {
    return new RatePriorities(priorities, shares.settings());
  }
}
