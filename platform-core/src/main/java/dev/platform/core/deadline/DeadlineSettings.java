package dev.platform.core.deadline;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of client calls, and the minimal time that a served call needs. The deadline of the
 * incoming call applies whenever it is earlier.
 *
 * @param defaultTimeout the timeout of unary calls without a deadline; 0s for none
 * @param maxTimeout the longest timeout that a caller may set itself; null for no limit
 * @param methods the timeouts of single methods, {@code package.Service/Method}, or of all methods
 *     of a service, {@code package.Service}; for streams, too
 * @param minimums the time that a served call must have left to be started, likewise by method or
 *     service; without one, any time is enough
 * @param fairChance whether a call that ends at its deadline is the callee's failure only if it had
 *     a fair chance, see {@link dev.platform.core.call.ClientCallRecord#outcome}
 * @param refuseBelowUsual whether a served unary call is refused at once if less time is left than
 *     its method usually takes, see {@link DeadlineServerInterceptor}
 */
public record DeadlineSettings(
    Duration defaultTimeout,
    @Nullable Duration maxTimeout,
    Map<String, Duration> methods,
    Map<String, Duration> minimums,
    boolean fairChance,
    boolean refuseBelowUsual) {

  public DeadlineSettings {
    methods = MethodMap.of(methods);
    minimums = MethodMap.of(minimums);
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

  /** The same; calls with less time than usual are refused. */
  public DeadlineSettings(
      Duration defaultTimeout,
      @Nullable Duration maxTimeout,
      Map<String, Duration> methods,
      Map<String, Duration> minimums,
      boolean fairChance) {
    this(defaultTimeout, maxTimeout, methods, minimums, fairChance, true);
  }

  /** The same; a deadline counts only after a fair chance. */
  public DeadlineSettings(
      Duration defaultTimeout,
      @Nullable Duration maxTimeout,
      Map<String, Duration> methods,
      Map<String, Duration> minimums) {
    this(defaultTimeout, maxTimeout, methods, minimums, true);
  }

  /** 5 s for unary calls, no limit for what callers set. */
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

  /** The timeout of a call without a deadline; null for none. */
  public @Nullable Duration timeout(MethodDescriptor<?, ?> method) {
    Duration timeout = of(methods, method);
    if (timeout == null && method.getType() == MethodType.UNARY && !defaultTimeout.isZero()) {
      timeout = defaultTimeout;
    }
    boolean cut = timeout != null && maxTimeout != null && timeout.compareTo(maxTimeout) > 0;
    return cut ? maxTimeout : timeout;
  }

  /** The setting of a method, else of its service; null for none. */
  static @Nullable Duration of(Map<String, Duration> settings, MethodDescriptor<?, ?> method) {
    Duration own = settings.get(method.getFullMethodName());
    String service = method.getServiceName();
    return own != null || service == null ? own : settings.get(service);
  }
}
