package dev.platform.spring.discovery;

import static dev.platform.core.config.InvalidPropertyException.check;

import dev.platform.core.discovery.DiscoverySettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How other services are found.
 *
 * @param enabled whether services are looked up in etcd
 * @param waitForFirstList how long a first call or look-up may wait for a service's first list; 0s
 *     to 1m; shorter than the default deadline, so that the caller learns what is wrong
 * @param hold when instances stay listed that vanished from etcd without having left
 * @param snapshot how last good lists are kept for a start without etcd
 * @param pollInterval how often another {@code DiscoveryClient} behind {@code discovery:///}
 *     targets is asked again when no heartbeat tells of a change; at least 1s
 */
@ConfigurationProperties("platform.discovery")
public record DiscoveryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("3s") Duration waitForFirstList,
    @DefaultValue Hold hold,
    @DefaultValue Snapshot snapshot,
    @DefaultValue("10s") Duration pollInterval) {

  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);

  public DiscoveryProperties {
    check(
        pollInterval.compareTo(Duration.ofSeconds(1)) >= 0,
        "platform.discovery.poll-interval",
        pollInterval.toMillis() + "ms",
        ">= 1s");
    var validated =
        new DiscoverySettings(
            waitForFirstList, hold.settings(SHORTEST_WINDOW), snapshot.settings());
  }

  /**
   * What the directory goes by.
   *
   * @param leaseTtl the window within which instances must vanish to be held, where none is set; a
   *     second at least
   */
  DiscoverySettings settings(Duration leaseTtl) {
    Duration window = leaseTtl.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : leaseTtl;
    return new DiscoverySettings(waitForFirstList, hold.settings(window), snapshot.settings());
  }

  /**
   * When instances stay listed that vanished from etcd without having left: a large part of a
   * service at once, or what a list lacks after etcd was emptied. Those that left are never held.
   *
   * @param time how long they stay, while the balancer finds out by connecting which still answer;
   *     0s to take them out at once
   * @param ratio which part of a service must vanish to be held, more than this; 0 to 1
   * @param minimumInstances how many instances a service must have had; at least 1
   * @param window within which time they must vanish; at least 1s; by default one lease's time to
   *     live ({@code platform.registry.lease-ttl})
   */
  public record Hold(
      @DefaultValue("30s") Duration time,
      @DefaultValue("0.5") double ratio,
      @DefaultValue("3") int minimumInstances,
      @Nullable Duration window) {

    DiscoverySettings.Hold settings(Duration defaultWindow) {
      return new DiscoverySettings.Hold(
          time, ratio, minimumInstances, window == null ? defaultWindow : window);
    }
  }

  /**
   * Last good lists, kept on disk for a process that starts while etcd is down.
   *
   * @param enabled whether lists are kept and restored
   * @param directory where; readable by its owner alone; by default a folder for this user in the
   *     system's folder for temporary files
   * @param maxAge older ones are not restored; at least 1s
   */
  public record Snapshot(
      @DefaultValue("true") boolean enabled,
      @Nullable Path directory,
      @DefaultValue("24h") Duration maxAge) {

    DiscoverySettings.Snapshot settings() {
      return new DiscoverySettings.Snapshot(enabled, directory, maxAge);
    }
  }
}
