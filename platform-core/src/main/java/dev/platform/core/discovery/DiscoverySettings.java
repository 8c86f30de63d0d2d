package dev.platform.core.discovery;

import static dev.platform.core.config.InvalidPropertyException.check;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How other services are found.
 *
 * @param waitForFirstList how long a first call or look-up may wait for a service's first list; 0s
 *     to 1m
 * @param hold when instances stay listed that vanished from etcd without deregistration
 * @param snapshot how last good lists are kept for a start without etcd
 */
public record DiscoverySettings(Duration waitForFirstList, Hold hold, Snapshot snapshot) {

  public DiscoverySettings {
    check(
        !waitForFirstList.isNegative() && waitForFirstList.compareTo(Duration.ofMinutes(1)) <= 0,
        "platform.discovery.wait-for-first-list",
        waitForFirstList.toMillis() + "ms",
        "0s to 1m");
  }

  /** A wait of 3 s; half of a service is held for 30 s; snapshots for a day. */
  public static DiscoverySettings defaults() {
    return new DiscoverySettings(
        Duration.ofSeconds(3),
        new Hold(Duration.ofSeconds(30), 0.5, 3, Duration.ofSeconds(10)),
        new Snapshot(true, null, Duration.ofDays(1)));
  }

  /**
   * When instances stay listed that vanished from etcd without deregistration: a large part of a
   * service at once, or what a list lacks after etcd was emptied. Deregistered instances are never
   * held.
   *
   * @param time how long they stay, while the balancer finds out by connecting which still answer;
   *     0s to take them out at once
   * @param ratio which part of a service must vanish to be held, more than this; 0 to 1
   * @param minimumInstances how many instances a service must have had; at least 1
   * @param window within which time they must vanish; at least 1s
   */
  public record Hold(Duration time, double ratio, int minimumInstances, Duration window) {

    public Hold {
      check(!time.isNegative(), "platform.discovery.hold.time", time.toMillis() + "ms", ">= 0s");
      check(ratio >= 0 && ratio <= 1, "platform.discovery.hold.ratio", ratio, "0 to 1");
      check(
          minimumInstances >= 1,
          "platform.discovery.hold.minimum-instances",
          minimumInstances,
          ">= 1");
      check(
          window.toMillis() >= 1000,
          "platform.discovery.hold.window",
          window.toMillis() + "ms",
          ">= 1s");
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
  public record Snapshot(boolean enabled, @Nullable Path directory, Duration maxAge) {

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
