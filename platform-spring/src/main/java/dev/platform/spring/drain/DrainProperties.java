package dev.platform.spring.drain;

import dev.platform.core.drain.DrainSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process leaves.
 *
 * @param delay how long it goes on serving after it has left discovery, so that the news reaches
 *     every caller; 0s to 1m
 * @param timeout how long calls under way may take to end after that; more than 0s
 * @param gracePeriod how long whoever stops the process waits before he kills it, such as
 *     Kubernetes' {@code terminationGracePeriodSeconds}; only to be checked against the other two
 */
@ConfigurationProperties("platform.drain")
public record DrainProperties(
    @DefaultValue("1s") Duration delay,
    @DefaultValue("30s") Duration timeout,
    @Nullable Duration gracePeriod) {

  public DrainProperties {
    var validated = new DrainSettings(delay, timeout);
  }

  DrainSettings settings() {
    return new DrainSettings(delay, timeout);
  }
}
