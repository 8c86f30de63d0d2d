package dev.platform.spring.deadline;

import dev.platform.core.deadline.DeadlineSettings;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long outgoing calls may take, and how little time is too little for an incoming one. The
 * remaining time of the incoming call always wins when it is shorter.
 *
 * @param defaultTimeout for unary calls that nobody set a deadline for; 0s for none
 * @param maxTimeout bound on any deadline that a caller sets itself; none by default
 * @param methods timeouts of single methods, {@code package.Service/Method}, or of all of a
 *     service's, {@code package.Service}; for streaming calls too
 * @param minimums how much of its time an incoming call must have left to be begun, by method or
 *     service likewise; without one it must have any
 */
@ConfigurationProperties("platform.deadline")
public record DeadlineProperties(
    @DefaultValue("5s") Duration defaultTimeout,
    @Nullable Duration maxTimeout,
    @DefaultValue Map<String, Duration> methods,
    @DefaultValue Map<String, Duration> minimums) {

  public DeadlineProperties {
    var validated = new DeadlineSettings(defaultTimeout, maxTimeout, methods, minimums);
  }

  /** What the interceptors go by. */
  public DeadlineSettings settings() {
    return new DeadlineSettings(defaultTimeout, maxTimeout, methods, minimums);
  }
}
