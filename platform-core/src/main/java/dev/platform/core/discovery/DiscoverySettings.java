package dev.platform.core.discovery;

import static dev.platform.core.InvalidPropertyException.check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
   * @param directory where directories of one etcd's lists each are made; by default {@code
   *     platform-discovery} in {@code XDG_STATE_HOME}, or one for this user among the system's
   *     temporary files. Nothing is saved or restored where a directory of them, the default one
   *     included, belongs to another user, is open to others or is a symbolic link
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

    /**
     * The directory, {@code $XDG_STATE_HOME/platform-discovery}, or one for this user among the
     * system's temporary files.
     */
    Path directoryOrDefault(Map<String, String> environment) {
      if (directory != null) {
        return directory;
      }
      String state = environment.getOrDefault("XDG_STATE_HOME", "");
      // The specification has it that relative paths are ignored.
      return !state.isEmpty() && Path.of(state).isAbsolute()
          ? Path.of(state, "platform-discovery")
          : Path.of(
              System.getProperty("java.io.tmpdir"),
              "platform-discovery-" + System.getProperty("user.name"));
    }
  }
}
