package dev.platform.core.deadline;

import static dev.platform.core.config.InvalidPropertyException.check;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
public record DeadlineSettings(
    Duration defaultTimeout,
    @Nullable Duration maxTimeout,
    Map<String, Duration> methods,
    Map<String, Duration> minimums) {

  public DeadlineSettings {
    methods = Map.copyOf(methods);
    minimums = Map.copyOf(minimums);
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
    requirePositive("methods", methods);
    requirePositive("minimums", minimums);
  }

  /** 5 s for unary calls, no bound on what callers set. */
  public static DeadlineSettings defaults() {
    return new DeadlineSettings(Duration.ofSeconds(5), null, Map.of(), Map.of());
  }

  private static void requirePositive(String name, Map<String, Duration> durations) {
    durations.forEach(
        (method, duration) ->
            check(
                duration.toMillis() > 0,
                "platform.deadline." + name + "." + method,
                duration.toMillis() + "ms",
                "> 0s"));
  }

  /** How long a call may take that nobody set a deadline for; null for as long as it likes. */
  public @Nullable Duration timeout(MethodDescriptor<?, ?> method) {
    Duration timeout = of(methods, method);
    if (timeout == null && method.getType() == MethodType.UNARY && !defaultTimeout.isZero()) {
      timeout = defaultTimeout;
    }
    boolean cut = timeout != null && maxTimeout != null && timeout.compareTo(maxTimeout) > 0;
    return cut ? maxTimeout : timeout;
  }

  /** What is set for a method, or for all of its service's; null for nothing. */
  static @Nullable Duration of(Map<String, Duration> settings, MethodDescriptor<?, ?> method) {
    Duration own = settings.get(method.getFullMethodName());
    String service = method.getServiceName();
    return own != null || service == null ? own : settings.get(service);
  }
}
