package dev.platform.core.retry;

import static dev.platform.core.config.InvalidPropertyException.check;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that have no answer after a time are made once more beside the first attempt, by gRPC
 * itself; the first answer counts, and the other attempts are cancelled. Only methods that are
 * idempotent as {@link RetrySettings} has it and whose caller sends one message. A method is hedged
 * or retried, never both. Hedges have a budget of the size of {@link RetrySettings#budget}: each
 * takes a token, each good call gives a part of one back, and while less than half of them are
 * there calls are retried instead.
 *
 * @param methods what is hedged, {@code package.Service/Method} or {@code package.Service} for all
 *     idempotent methods of a service, each with the time that an answer may take
 * @param maxAttempts how often a call is made in all, each after another such time
 */
public record HedgingSettings(Map<String, Duration> methods, int maxAttempts) {

  private static final String PREFIX = "platform.resilience.hedging.";

  /** Nothing is hedged. */
  public static HedgingSettings none() {
    return new HedgingSettings(Map.of(), 2);
  }

  public HedgingSettings {
    methods = Map.copyOf(methods);
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

  /** How long calls of a method wait for an answer; null where they are not hedged. */
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

  /** In a service config. */
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
