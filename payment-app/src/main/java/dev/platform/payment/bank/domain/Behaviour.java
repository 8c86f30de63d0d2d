package dev.platform.payment.bank.domain;

import dev.platform.payment.domain.InvalidInput;
import java.time.Duration;

/**
 * How the simulated bank behaves.
 *
 * @param latency how long each answer takes, 0 to 60 seconds
 * @param failureRatio the share of all calls that fails, 0 to 1
 * @param declineRatio the share of all new charges that is declined, 0 to 1
 */
public record Behaviour(Duration latency, double failureRatio, double declineRatio) {

  private static final Duration MAX_LATENCY = Duration.ofSeconds(60);

  /** Refuses values out of bounds. */
  public Behaviour {
    if (latency.isNegative() || latency.compareTo(MAX_LATENCY) > 0) {
      throw new InvalidInput("latency must be from 0s to 60s: " + latency);
    }
    requireRatio("failure_ratio", failureRatio);
    requireRatio("decline_ratio", declineRatio);
  }

  private static void requireRatio(String field, double ratio) {
    // Written so that NaN fails, too.
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new InvalidInput(field + " must be from 0 to 1: " + ratio);
    }
  }
}
