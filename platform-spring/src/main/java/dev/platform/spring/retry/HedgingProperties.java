package dev.platform.spring.retry;

import dev.platform.core.retry.HedgingSettings;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Hedging, by gRPC itself: a call without an answer after a delay is sent once more beside the
 * first attempt; the first answer counts, and the other attempts are cancelled. Only methods that
 * are idempotent as in {@link RetryProperties} and whose caller sends one message. A method is
 * hedged or retried, never both. Hedges have a budget of the size of {@link
 * RetryProperties#budget}: each takes a token, each successful call returns a part of one, and
 * calls are hedged only while more than half of the tokens are left, else retried.
 *
 * @param methods what is hedged, {@code package.Service/Method} or {@code package.Service} for all
 *     idempotent methods of a service, each with the delay before the next attempt
 * @param maxAttempts attempts of a call in all, each after one more delay
 */
@ConfigurationProperties("platform.resilience.hedging")
public record HedgingProperties(
    @DefaultValue Map<String, Duration> methods, @DefaultValue("2") int maxAttempts) {

  public HedgingProperties {
    var validated = new HedgingSettings(methods, maxAttempts);
  }

  /** The settings of hedging. */
  public HedgingSettings settings() {
    return new HedgingSettings(methods, maxAttempts);
  }
}
