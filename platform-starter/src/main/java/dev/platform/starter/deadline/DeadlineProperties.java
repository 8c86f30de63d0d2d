package dev.platform.starter.deadline;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long outgoing calls may take. The remaining time of the incoming call always wins when it is
 * shorter.
 *
 * @param defaultTimeout for unary calls that nobody set a deadline for; 0s for none
 * @param maxTimeout bound on any deadline that a caller sets itself; none by default
 * @param methods timeouts of single methods, {@code package.Service/Method}, or of all of a
 *     service's, {@code package.Service}; for streaming calls too
 */
@ConfigurationProperties("platform.deadline")
public record DeadlineProperties(
    @DefaultValue("5s") Duration defaultTimeout,
    @Nullable Duration maxTimeout,
    @DefaultValue Map<String, Duration> methods) {

  public DeadlineProperties {
    methods = Map.copyOf(methods);
    check(
        !defaultTimeout.isNegative(),
        "platform.deadline.default-timeout",
        defaultTimeout.toMillis() + "ms",
        ">= 0s");
    check(
        maxTimeout == null || maxTimeout.toMillis() > 0,
        "platform.deadline.max-timeout",
        maxTimeout,
        "> 0s");
    methods.forEach(
        (method, timeout) ->
            check(
                timeout.toMillis() > 0,
                "platform.deadline.methods." + method,
                timeout.toMillis() + "ms",
                "> 0s"));
  }
}
