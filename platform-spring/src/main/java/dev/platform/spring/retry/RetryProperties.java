package dev.platform.spring.retry;

import dev.platform.core.retry.RetrySettings;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Retries, by gRPC itself, of calls that ended with UNAVAILABLE or RESOURCE_EXHAUSTED before any
 * part of the answer: each on an instance that the load-balancing policy picks again, after the
 * server's pushback ({@code grpc-retry-pushback-ms}) if it sends one, within the deadline of the
 * call. Not when this process's caller would retry its own call. Only for methods that are declared
 * idempotent: in the proto, or here. A call counts once in its circuit breaker, by its last
 * attempt.
 *
 * @param enabled whether calls are retried
 * @param byProtoOption whether a method is idempotent when its proto has {@code option
 *     idempotency_level} {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}
 * @param methods further idempotent methods: {@code package.Service/Method}, or {@code
 *     package.Service} for all methods of a service
 * @param excludedMethods methods or services that are never retried, whatever their proto says
 * @param maxAttempts attempts of a call in all
 * @param initialBackoff pause before the second attempt, doubled for each further one, with ±20 %
 *     jitter
 * @param maxBackoff upper bound of a pause, before jitter
 * @param budget the retry budget of each called service
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
   * As in gRPC's proposal A6: a failed attempt takes a token, a successful one returns {@code
   * ratio} of one, and calls are retried only while more than half of the tokens are left.
   *
   * @param tokens the maximum number of tokens
   * @param ratio what a successful call returns
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

  /** The settings of retries. */
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
