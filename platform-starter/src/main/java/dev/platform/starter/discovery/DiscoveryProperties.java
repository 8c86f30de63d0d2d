package dev.platform.starter.discovery;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How other services are found.
 *
 * @param enabled whether services are looked up in etcd
 * @param waitForFirstList how long a first call or look-up may wait for a service's first list; 0
 *     to 1m
 * @param holdTime how long instances stay listed that vanished while etcd was out of sight, without
 *     having left; 0s to take them out at once
 * @param pollInterval how often another {@code DiscoveryClient} behind {@code discovery:///} targets
 *     is asked again when no heartbeat tells of a change; at least 1s
 */
@ConfigurationProperties("platform.discovery")
public record DiscoveryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("5s") Duration waitForFirstList,
    @DefaultValue("30s") Duration holdTime,
    @DefaultValue("10s") Duration pollInterval) {

  public DiscoveryProperties {
    check(
        !waitForFirstList.isNegative() && waitForFirstList.compareTo(Duration.ofMinutes(1)) <= 0,
        "platform.discovery.wait-for-first-list",
        waitForFirstList.toMillis() + "ms",
        "0s to 1m");
    check(
        !holdTime.isNegative(),
        "platform.discovery.hold-time",
        holdTime.toMillis() + "ms",
        ">= 0s");
    check(
        pollInterval.compareTo(Duration.ofSeconds(1)) >= 0,
        "platform.discovery.poll-interval",
        pollInterval.toMillis() + "ms",
        ">= 1s");
  }
}
