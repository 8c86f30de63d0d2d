package dev.platform.spring.concurrency;

import dev.platform.core.concurrency.ConcurrencyLimitSettings;
import dev.platform.core.priority.Priority;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits the unary calls that this process's gRPC server handles concurrently. A call over the
 * limit is refused at once, instead of waiting for a thread until its caller has given up. The
 * refusal itself needs one of the server's threads, so there must be more threads than the limit.
 * Streams don't count, since they live long and mostly wait; neither do gRPC's own services
 * (health, reflection).
 *
 * @param mode whether there is a limit, and whether it adapts
 * @param limit with {@code fixed}: the limit
 * @param adaptive with {@code adaptive}: its bounds
 * @param gradient2 with {@code gradient2}: its bounds
 * @param shares how much of the limit calls may use, by their priority
 * @param methods the priority of single methods, {@code package.Service/Method}, or of all other
 *     methods of a service, {@code package.Service}; by default the one that the call brings, else
 *     {@code normal}. If there are both, the lower one counts
 */
@ConfigurationProperties(ConcurrencyLimitProperties.PREFIX)
public record ConcurrencyLimitProperties(
    @DefaultValue("off") Mode mode,
    @DefaultValue("100") int limit,
    @DefaultValue Adaptive adaptive,
    @DefaultValue Gradient2 gradient2,
    @DefaultValue Shares shares,
    @DefaultValue Map<String, Priority> methods) {

  public static final String PREFIX = "platform.resilience.concurrency-limit";

  /** How the limit is set. */
  public enum Mode {
    /** No limit. */
    OFF,
    /** The value of {@code limit}. */
    FIXED,
    /** By the time that calls take: it follows what the server can do at once. */
    ADAPTIVE,
    /**
     * By Netflix's Gradient2: it falls while calls take longer than they did in the last minute.
     */
    GRADIENT2
  }

  /**
   * The bounds of an adaptive limit.
   *
   * @param initialLimit the limit at the start
   * @param minLimit the lower bound
   * @param maxLimit the upper bound
   */
  public record Adaptive(
      @DefaultValue("50") int initialLimit,
      @DefaultValue("10") int minLimit,
      @DefaultValue("180") int maxLimit) {

    ConcurrencyLimitSettings.Adaptive settings() {
      return new ConcurrencyLimitSettings.Adaptive(initialLimit, minLimit, maxLimit);
    }
  }

  /**
   * The bounds of Netflix's adaptive limit.
   *
   * @param initialLimit the limit at the start
   * @param minLimit the lower bound
   * @param maxLimit the upper bound
   */
  public record Gradient2(
      @DefaultValue("50") int initialLimit,
      @DefaultValue("10") int minLimit,
      @DefaultValue("180") int maxLimit) {

    ConcurrencyLimitSettings.Gradient2 settings() {
      return new ConcurrencyLimitSettings.Gradient2(initialLimit, minLimit, maxLimit);
    }
  }

  /**
   * A call is refused when this part of the limit is in use, by calls of any priority.
   * High-priority calls may use all of it, and half as much again of an adaptive limit.
   *
   * @param low for low-priority calls
   * @param normal for normal-priority calls
   */
  public record Shares(@DefaultValue("0.6") double low, @DefaultValue("0.9") double normal) {

    ConcurrencyLimitSettings.Shares settings() {
      return new ConcurrencyLimitSettings.Shares(low, normal);
    }
  }

  public ConcurrencyLimitProperties {
    var validated =
        new ConcurrencyLimitSettings(
            limit, adaptive.settings(), gradient2.settings(), shares.settings(), methods);
  }

  ConcurrencyLimitSettings settings() {
    return new ConcurrencyLimitSettings(
        limit, adaptive.settings(), gradient2.settings(), shares.settings(), methods);
  }
}
