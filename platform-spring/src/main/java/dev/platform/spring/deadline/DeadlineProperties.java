package dev.platform.spring.deadline;

import dev.platform.core.call.MethodMap;
import dev.platform.core.deadline.DeadlineSettings;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Deadlines of outgoing calls, and the minimum remaining time of incoming ones. The remaining time
 * of the incoming call always wins when it is shorter.
 *
 * @param defaultTimeout deadline of unary calls that have none; 0s for none
 * @param maxTimeout upper bound of every deadline that the application sets itself; none by default
 * @param methods timeouts of single methods, {@code package.Service/Method}, or of all of a
 *     service's, {@code package.Service}; for streaming calls too
 * @param minimums the remaining time that an incoming call needs to be executed, by method or
 *     service likewise; without one any remaining time is enough
 * @param fairChance whether a call that ends at its deadline counts as the callee's failure only if
 *     it had a fair chance: its configured timeout, or the usual time of the callee's answers
 * @param refuseBelowUsual whether an incoming unary call is refused at once if less time is left
 *     than its method usually takes, but for one a second
 */
@ConfigurationProperties("platform.deadline")
public record DeadlineProperties(
    @DefaultValue("5s") Duration defaultTimeout,
    @Nullable Duration maxTimeout,
    @DefaultValue Map<String, Duration> methods,
    @DefaultValue Map<String, Duration> minimums,
    @DefaultValue("true") boolean fairChance,
    @DefaultValue("true") boolean refuseBelowUsual) {

  public DeadlineProperties {
    methods = MethodMap.of(methods);
    minimums = MethodMap.of(minimums);
    var validated =
        new DeadlineSettings(
            defaultTimeout, maxTimeout, methods, minimums, fairChance, refuseBelowUsual);
  }

  /** The settings of the interceptors. */
  public DeadlineSettings settings() {
    return new DeadlineSettings(
        defaultTimeout, maxTimeout, methods, minimums, fairChance, refuseBelowUsual);
  }
}
