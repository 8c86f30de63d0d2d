package dev.platform.spring.retry;

import dev.platform.core.retry.HedgingSettings;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Calls that have no answer after a time are made once more beside the first attempt, by gRPC
 * itself; the first answer counts, and the other attempts are cancelled. Only methods that are
 * idempotent as {@link RetryProperties} has it and whose caller sends one message. A method is
 * hedged or retried, never both. Hedges have a budget of the size of {@link
 * RetryProperties#budget}: each takes a token, each good call gives a part of one back, and while
 * less than half of them are there calls are retried instead.
 *
 * @param methods what is hedged, {@code package.Service/Method} or {@code package.Service} for all
 *     idempotent methods of a service, each with the time that an answer may take
 * @param maxAttempts how often a call is made in all, each after another such time
 */
@ConfigurationProperties("platform.resilience.hedging")
public record HedgingProperties(
    @DefaultValue Map<String, Duration> methods, @DefaultValue("2") int maxAttempts) {

  public HedgingProperties {
    var validated = new HedgingSettings(methods, maxAttempts);
  }

  /** What calls are hedged by. */
  public HedgingSettings settings() {
    return new HedgingSettings(methods, maxAttempts);
  }
}
