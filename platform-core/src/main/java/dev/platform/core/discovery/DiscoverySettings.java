package dev.platform.core.discovery;

import static dev.platform.core.InvalidPropertyException.check;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How other services are discovered.
 *
 * @param waitForFirstList how long a first call or look-up may wait for a service's first list; 0s
 *     to 1m
 * @param hold when instances that vanished from etcd without deregistration stay listed
 * @param snapshot how the last known lists are kept for a start without etcd
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
   * When instances that vanished from etcd without deregistration stay listed: a large part of a
   * service at once, or all that are missing after etcd was emptied. Deregistered instances are
   * never held.
   *
   * @param time how long they stay, while the load balancer connects to find out which still
   *     answer; 0s removes them at once
   * @param ratio they are held when more than this part of a service vanishes; 0 to 1
   * @param minimumInstances how many instances a service must have had; at least 1
   * @param window the time within which they must vanish; at least 1s
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
   * The last known lists, kept on disk for a process that starts while etcd is down.
   *
   * @param enabled whether lists are kept and restored
   * @param directory the directory, readable by its owner only; by default one for this user in the
   *     system's directory for temporary files
   * @param maxAge older snapshots are not restored; at least 1s
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
