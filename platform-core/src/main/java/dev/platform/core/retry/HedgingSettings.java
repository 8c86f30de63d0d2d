package dev.platform.core.retry;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.call.MethodMap;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hedging: if a call has no response after a delay, gRPC sends another attempt beside the first.
 * The first response counts, and the other attempts are cancelled. Only methods that are idempotent
 * by {@link RetrySettings}, and whose caller sends one message. A method is hedged or retried,
 * never both.
 *
 * <p>Hedges have a budget of their own, of the size of {@link RetrySettings#budget}: each hedge
 * takes a token, and each successful call returns a part of one. Calls are hedged while more than
 * half of the tokens are left. With half or less they are retried instead.
 *
 * @param methods the delay of each method, {@code package.Service/Method}, or of all idempotent
 *     methods of a service, {@code package.Service}; at least 1 ms
 * @param maxAttempts the maximal number of attempts of a call, each after another delay; 2 to 5
 */
public record HedgingSettings(Map<String, Duration> methods, int maxAttempts) {

  private static final String PREFIX = "platform.resilience.hedging.";

  /** Nothing is hedged. */
  public static HedgingSettings none() {
    return new HedgingSettings(Map.of(), 2);
  }

  public HedgingSettings {
    methods = MethodMap.of(methods);
    methods.forEach(
        (method, delay) -> {
          check(
              RetrySettings.METHOD.matcher(method).matches(),
              PREFIX + "methods",
              method,
              RetrySettings.METHOD_EXPECTED);
          check(
              delay.toMillis() >= 1,
              PREFIX + "methods." + method,
              delay.toMillis() + "ms",
              "at least 1ms");
        });
    check(
        maxAttempts >= 2 && maxAttempts <= 5,
        PREFIX + "max-attempts",
        maxAttempts,
        "a whole number from 2 to 5");
  }

  /** The delay before a hedge; null if calls of the method are not hedged. */
  public @Nullable Duration delay(MethodDescriptor<?, ?> method, RetrySettings retry) {
    if (methods.isEmpty()
        || !method.getType().clientSendsOneMessage()
        || !retry.isIdempotent(method)) {
      return null;
    }
    Duration own = methods.get(method.getFullMethodName());
    String service = method.getServiceName();
    return own != null || service == null ? own : methods.get(service);
  }

  /** The {@code hedgingPolicy} of a service config. */
  Map<String, ?> policy(Duration delay) {
    return Map.of(
        "maxAttempts",
        (double) maxAttempts,
        "hedgingDelay",
        RetrySettings.seconds(delay),
        "nonFatalStatusCodes",
        RetrySettings.STATUSES);
  }
}
