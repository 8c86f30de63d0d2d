package dev.platform.spring.resolver;

import dev.platform.core.balancer.OutlierDetection;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When calls keep away from an instance because its calls fail. Never from more than half of a
 * service's instances. After its time a single call tries an instance before others go there, and
 * it is out once more with the first failure, for longer each time.
 *
 * @param enabled whether instances are ejected at all
 * @param consecutiveFailures so many calls to it that fail one after the other eject it; 1 to 1000
 * @param failurePercentage of the calls within {@code interval} that fail eject it; 1 to 100
 * @param minimumCalls how many calls there must be within {@code interval} for that; at least 1
 * @param interval over which calls are counted; at least 100 ms
 * @param ejectionTime how long it is out for the first time, at least 100 ms; twice as long each
 *     time after that without a well spell between
 * @param maxEjectionTime at most so long
 */
@ConfigurationProperties("platform.resilience.outlier-detection")
public record OutlierDetectionProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("5") int consecutiveFailures,
    @DefaultValue("50") int failurePercentage,
    @DefaultValue("10") int minimumCalls,
    @DefaultValue("5s") Duration interval,
    @DefaultValue("10s") Duration ejectionTime,
    @DefaultValue("1m") Duration maxEjectionTime) {

  public OutlierDetectionProperties {
    var validated =
        new OutlierDetection(
            enabled,
            consecutiveFailures,
            failurePercentage,
            minimumCalls,
            interval,
            ejectionTime,
            maxEjectionTime);
  }

  OutlierDetection settings() {
    return new OutlierDetection(
        enabled,
        consecutiveFailures,
        failurePercentage,
        minimumCalls,
        interval,
        ejectionTime,
        maxEjectionTime);
  }
}
