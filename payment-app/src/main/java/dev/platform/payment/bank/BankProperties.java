package dev.platform.payment.bank;

import dev.platform.payment.bank.domain.Behaviour;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the simulated bank behaves unless {@code SetBehaviour} changes it.
 *
 * @param settable whether {@code SetBehaviour} may change it at run time
 * @param latency how long each answer takes, 0s to 60s
 * @param failureRatio the share of all calls that fails with UNAVAILABLE, 0 to 1
 * @param declineRatio the share of all new charges that is declined, 0 to 1
 */
@ConfigurationProperties("mall.bank")
record BankProperties(
    @DefaultValue("false") boolean settable,
    @DefaultValue("20ms") Duration latency,
    @DefaultValue("0") double failureRatio,
    @DefaultValue("0") double declineRatio) {

  BankProperties {
    boolean latencyFits = !latency.isNegative() && latency.compareTo(Duration.ofSeconds(60)) <= 0;
    require("latency", latency.toMillis() + "ms", latencyFits, "0s to 60s");
    require("failure-ratio", failureRatio + "", isRatio(failureRatio), "0 to 1");
    require("decline-ratio", declineRatio + "", isRatio(declineRatio), "0 to 1");
  }

  private static boolean isRatio(double value) {
    return value >= 0 && value <= 1;
  }

  private static void require(String name, String value, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "mall.bank.%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }

  Behaviour behaviour() {
    return new Behaviour(latency, failureRatio, declineRatio);
  }
}
