package dev.platform.spring.drain;

import dev.platform.core.drain.DrainSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process stops.
 *
 * @param delay how long it continues serving after deregistration, so that every caller has seen
 *     it; 0s to 1m
 * @param timeout how long in-flight calls may take to end after that; more than 0s
 * @param gracePeriod how long the orchestrator waits before it kills the process, such as
 *     Kubernetes' {@code terminationGracePeriodSeconds}; only checked against the other two
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
