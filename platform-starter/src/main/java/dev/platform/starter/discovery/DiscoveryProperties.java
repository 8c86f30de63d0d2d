package dev.platform.starter.discovery;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

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

  public DiscoveryProperties {
    check(
        !waitForFirstList.isNegative() && waitForFirstList.compareTo(Duration.ofMinutes(1)) <= 0,
        "platform.discovery.wait-for-first-list",
        waitForFirstList.toMillis() + "ms",
        "0s to 1m");
    check(
        pollInterval.compareTo(Duration.ofSeconds(1)) >= 0,
        "platform.discovery.poll-interval",
        pollInterval.toMillis() + "ms",
        ">= 1s");
  }

  /** The same, with a window of this length where none is set, but of a second at least. */
  DiscoveryProperties within(Duration leaseTtl) {
    if (hold.window != null) {
      return this;
    }
    Duration second = Duration.ofSeconds(1);
    Duration window = leaseTtl.compareTo(second) < 0 ? second : leaseTtl;
    Hold whole = new Hold(hold.time, hold.ratio, hold.minimumInstances, window);
    return new DiscoveryProperties(enabled, waitForFirstList, whole, snapshot, pollInterval);
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

    public Hold {
      check(!time.isNegative(), "platform.discovery.hold.time", time.toMillis() + "ms", ">= 0s");
      check(ratio >= 0 && ratio <= 1, "platform.discovery.hold.ratio", ratio, "0 to 1");
      check(
          minimumInstances >= 1,
          "platform.discovery.hold.minimum-instances",
          minimumInstances,
          ">= 1");
      if (window != null) {
        check(
            window.toMillis() >= 1000,
            "platform.discovery.hold.window",
            window.toMillis() + "ms",
            ">= 1s");
      }
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

    public Snapshot {
      check(
          maxAge.toMillis() >= 1000,
          "platform.discovery.snapshot.max-age",
          maxAge.toMillis() + "ms",
          ">= 1s");
    }

    Path directoryOrDefault() {
      return directory == null
          ? Path.of(
              System.getProperty("java.io.tmpdir"),
              "platform-discovery-" + System.getProperty("user.name"))
          : directory;
    }
  }
}
