package dev.platform.spring.resolver;

import dev.platform.core.balancer.OutlierDetection;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Ejects an instance whose calls fail: calls avoid it. At most half of a service's instances are
 * ejected. After its ejection an instance gets a single trial call before others; a failure ejects
 * it again, for longer each time.
 *
 * @param enabled whether instances are ejected at all
 * @param consecutiveFailures this many consecutive failures eject it; 1 to 1000
 * @param failurePercentage this percentage of failed calls within {@code interval} ejects it, too;
 *     1 to 100
 * @param minimumCalls how many calls within {@code interval} the percentage needs; at least 1
 * @param interval period over which calls are counted; at least 100 ms
 * @param ejectionTime time of the first ejection, at least 100 ms; doubled each time that the
 *     instance fails again after its return
 * @param maxEjectionTime upper bound of the ejection time
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
