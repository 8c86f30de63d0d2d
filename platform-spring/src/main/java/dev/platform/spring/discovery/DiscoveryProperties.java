package dev.platform.spring.discovery;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.instance.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How other services are discovered.
 *
 * @param enabled whether services are looked up in etcd
 * @param waitForFirstList how long a first call or look-up may wait for a service's first list; 0s
 *     to 1m; shorter than the default deadline, so that the error names the missing service
 * @param hold when instances that vanished from etcd without deregistration stay listed
 * @param snapshot how the last known lists are kept for a start without etcd
 * @param unwatchAfter how long a service that this process does not call stays watched after its
 *     last look-up; 0s for ever
 * @param maxLookedUp how many services that this process does not call are watched at once; at
 *     least 1
 * @param otherRegistries whether {@code discovery:///} targets have the instances of the
 *     application's other {@code DiscoveryClient}s beside those in etcd; without discovery in etcd
 *     they have them anyway
 * @param pollInterval how often another {@code DiscoveryClient} behind {@code discovery:///}
 *     targets is polled when no heartbeat event reports a change, and whether this process is still
 *     listed there; at least 1s
 * @param heartbeat whether changed lists are reported by heartbeat events
 * @param allowLoopback whether instances at loopback, link-local and unspecified addresses are
 *     called; by default only if this process advertises a loopback address itself, or all
 *     endpoints of etcd are loopback addresses
 * @param layouts services whose keys in etcd have the layout of a framework, {@code go-zero} or
 *     {@code kratos}, by name; all others have the platform's
 * @param httpLoadBalancer whether the HTTP clients of Spring Cloud LoadBalancer call the HTTP ports
 *     of instances, instead of their gRPC ports
 */
@ConfigurationProperties("platform.discovery")
public record DiscoveryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("3s") Duration waitForFirstList,
    @DefaultValue Hold hold,
    @DefaultValue Snapshot snapshot,
    @DefaultValue("10m") Duration unwatchAfter,
    @DefaultValue("1000") int maxLookedUp,
    @DefaultValue("true") boolean otherRegistries,
    @DefaultValue("10s") Duration pollInterval,
    @DefaultValue Heartbeat heartbeat,
    @Nullable Boolean allowLoopback,
    @DefaultValue Map<String, Layout> layouts,
    @DefaultValue("true") boolean httpLoadBalancer) {

  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);

  public DiscoveryProperties {
    check(
        pollInterval.compareTo(Duration.ofSeconds(1)) >= 0,
        "platform.discovery.poll-interval",
        pollInterval.toMillis() + "ms",
        ">= 1s");
    check(
        !unwatchAfter.isNegative(),
        "platform.discovery.unwatch-after",
        unwatchAfter.toMillis() + "ms",
        ">= 0s");
    check(maxLookedUp >= 1, "platform.discovery.max-looked-up", maxLookedUp, ">= 1");
    var validated =
        new DiscoverySettings(
            waitForFirstList, hold.settings(SHORTEST_WINDOW), snapshot.settings());
  }

  /**
   * The settings of the directory.
   *
   * @param leaseTtl the window within which instances must vanish to be held, where none is set; a
   *     second at least
   */
  DiscoverySettings settings(Duration leaseTtl) {
    Duration window = leaseTtl.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : leaseTtl;
    return new DiscoverySettings(waitForFirstList, hold.settings(window), snapshot.settings());
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
   * @param window the time within which they must vanish; at least 1s; by default one lease's time
   *     to live ({@code platform.registry.lease-ttl})
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
   * The last known lists, kept on disk for a process that starts while etcd is down.
   *
   * @param enabled whether lists are kept and restored
   * @param directory where directories of one etcd's lists each are made; by default {@code
   *     platform-discovery} in {@code XDG_STATE_HOME}, or one for this user among the system's
   *     temporary files. Nothing is saved or restored where a directory of them, the default one
   *     included, belongs to another user, is open to others or is a symbolic link
   * @param maxAge older snapshots are not restored; at least 1s
   */
  public record Snapshot(
      @DefaultValue("true") boolean enabled,
      @Nullable Path directory,
      @DefaultValue("24h") Duration maxAge) {

    DiscoverySettings.Snapshot settings() {
      return new DiscoverySettings.Snapshot(enabled, directory, maxAge);
    }
  }

  /**
   * Events for what refreshes itself on Spring Cloud's {@code HeartbeatEvent}.
   *
   * @param enabled whether one is published after lists have changed, at most one a second
   */
  public record Heartbeat(@DefaultValue("true") boolean enabled) {}
}
