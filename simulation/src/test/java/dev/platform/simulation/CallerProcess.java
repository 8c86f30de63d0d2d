package dev.platform.simulation;

import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.InstanceList;
import dev.platform.core.etcd.EtcdConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One process that follows the service, and calls it, with the platform's own classes. */
final class CallerProcess {

  static final DiscoverySettings.Hold HOLD = DiscoverySettings.defaults().hold();

  private static final long SETTLED = 20 * Loop.SECOND;

  private final Machine machine;
  private final Map<EtcdMember, Link> links;
  private final EtcdChannel channel;
  private final EtcdConnection connection;
  private final InstanceDirectory directory;
  private final Calm calm;
  private final FollowedList followed;
  private final CallRules rules;
  private final @Nullable CallingClient client;

  /**
   * @param snapshots where its lists are kept for its next start; null for nowhere
   */
  CallerProcess(Fleet fleet, Machine machine, FollowedList followed, @Nullable Path snapshots) {
    this.machine = machine;
    this.links = InstanceProcess.links(fleet.etcd());
    this.followed = followed;
    SimulatedThread thread = new SimulatedThread(machine, "platform-etcd");
    this.channel = new EtcdChannel(machine, thread, links);
    this.connection = InstanceProcess.connect(machine, thread, channel);
    this.directory =
        InstanceDirectory.builder(connection, InstanceProcess.CODEC)
            .settings(
                new DiscoverySettings(
                    Duration.ofSeconds(3),
                    HOLD,
                    new DiscoverySettings.Snapshot(
                        snapshots != null, snapshots, Duration.ofDays(1))))
            .clock(machine.clock())
            .random(new Random(machine.random().nextLong()))
            .threads(new SimulatedThreads(machine))
            .build();
    this.calm = new Calm(machine.loop().now());
    followed.undisturbed(
        () ->
            calm.isFor(SETTLED, machine.loop().now())
                && fleet.etcdCalm().isFor(SETTLED, machine.loop().now()));
    directory.subscribe(InstanceProcess.SERVICE, this::listed);
    this.rules = new CallRules(fleet, machine, followed, calm);
    this.client =
        fleet.callPause() == 0
            ? null
            : new CallingClient(machine, directory, rules, fleet::calleeAt, fleet.callPause());
    if (client != null) {
      client.start();
    }
  }

  private void listed(InstanceList list) {
    followed.listed(list);
  }

  Machine machine() {
    return machine;
  }

  Map<EtcdMember, Link> links() {
    return links;
  }

  Link link(int member) {
    return List.copyOf(links.values()).get(member % links.size());
  }

  EtcdChannel channel() {
    return channel;
  }

  FollowedList followed() {
    return followed;
  }

  CallRules rules() {
    return rules;
  }

  Calm calm() {
    return calm;
  }

  /** The process ends; its snapshots stay. */
  void stop() {
    if (machine.isAlive()) {
      if (client != null) {
        client.stop();
      }
      directory.close();
      connection.close();
      channel.died(false);
      machine.die();
    }
  }
}
