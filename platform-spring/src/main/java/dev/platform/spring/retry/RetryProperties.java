package dev.platform.spring.retry;

import dev.platform.core.retry.RetrySettings;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Retries of calls that ended with UNAVAILABLE or RESOURCE_EXHAUSTED before anything of the answer
 * had come, by gRPC itself: each on an instance that the load-balancing policy picks anew, when the
 * callee wants it ({@code grpc-retry-pushback-ms}), within the deadline of the call. Not when the
 * caller of this process would make its own call again. Only for methods whose author says that a
 * second execution does no harm: in the proto, or here. A call counts once in its circuit breaker,
 * by its last attempt.
 *
 * @param enabled whether calls are retried
 * @param byProtoOption whether a method is idempotent when its proto has {@code option
 *     idempotency_level} {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}
 * @param methods what else is idempotent: {@code package.Service/Method}, or {@code
 *     package.Service} for all methods of a service
 * @param excludedMethods what is not to be repeated whatever its proto says, likewise
 * @param maxAttempts how often a call is tried in all
 * @param initialBackoff pause before the second attempt, a fifth longer or shorter by chance; each
 *     further one is twice as long
 * @param maxBackoff what no pause grows beyond, but by its fifth
 * @param budget how many retries there may be, for each called service
 */
@ConfigurationProperties("platform.resilience.retry")
public record RetryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("true") boolean byProtoOption,
    @DefaultValue List<String> methods,
    @DefaultValue List<String> excludedMethods,
    @DefaultValue("3") int maxAttempts,
    @DefaultValue("50ms") Duration initialBackoff,
    @DefaultValue("1s") Duration maxBackoff,
    @DefaultValue Budget budget) {

  /**
   * As in gRPC's proposal A6: a failed attempt takes a token, a good one gives {@code ratio} of one
   * back, and nothing is retried while less than half of them are there.
   *
   * @param tokens how many tokens there are at most
   * @param ratio what a good call gives back
   */
  public record Budget(@DefaultValue("200") int tokens, @DefaultValue("0.1") double ratio) {

    RetrySettings.Budget settings() {
      return new RetrySettings.Budget(tokens, ratio);
    }
  }

  public RetryProperties {
    var validated =
        new RetrySettings(
            enabled,
            byProtoOption,
            methods,
            excludedMethods,
            maxAttempts,
            initialBackoff,
            maxBackoff,
            budget.settings());
  }

  /** What calls are retried by. */
  public RetrySettings settings() {
    return new RetrySettings(
        enabled,
        byProtoOption,
        methods,
        excludedMethods,
        maxAttempts,
        initialBackoff,
        maxBackoff,
        budget.settings());
  }
}
