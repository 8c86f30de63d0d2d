package dev.platform.interop.peers;

import dev.platform.starter.test.etcd.EtcdCluster;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.net.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a script plays with: an etcd, proxies before it, and all participants. */
final class Stage implements AutoCloseable {

  private static final int EARLIER_CHANGES = 500;

  private final @Nullable EtcdProcess single;
  private final @Nullable EtcdCluster cluster;
  private final EtcdAccess access;
  private final TcpProxy instancesProxy;
  private final TcpProxy watchersProxy;
  private final List<Participant> participants;

  private Stage(
      @Nullable EtcdProcess single,
      @Nullable EtcdCluster cluster,
      List<URI> endpoints,
      List<Participant> participants)
      throws IOException {
    this.single = single;
    this.cluster = cluster;
    this.access = new EtcdAccess(endpoints);
    this.instancesProxy = new TcpProxy(endpoints.get(0));
    this.watchersProxy = new TcpProxy(endpoints.get(0));
    this.participants = participants;
  }

  /** Starts etcd, and no participant. */
  static Stage open(Script script, List<Participant> participants) throws IOException {
    if (script.setting() == Script.Setting.THREE_MEMBERS) {
      EtcdCluster cluster = EtcdCluster.start(3);
      return new Stage(null, cluster, cluster.endpoints(), participants);
    }
    EtcdProcess single = EtcdProcess.create();
    single.start();
    return new Stage(single, null, List.of(single.endpoint()), participants);
  }

  /**
   * Starts them, on an etcd with some history: a watch that waits for a revision that was lost must
   * not be saved by a history that is short.
   */
  void startParticipants(Script script) throws IOException {
    for (int i = 0; i < EARLIER_CHANGES; i++) {
      access.put("/peers/earlier", "");
    }
    boolean proxied = script.setting() == Script.Setting.BEHIND_PROXIES;
    String direct = endpoints().stream().map(URI::toString).collect(Collectors.joining(","));
    for (Participant participant : participants) {
      participant.start(
          proxied ? instancesProxy.endpoint().toString() : direct,
          proxied ? watchersProxy.endpoint().toString() : direct);
    }
  }

  /** The etcd of one member. */
  EtcdProcess etcd() {
    return Optional.ofNullable(single).orElseThrow();
  }

  /** The etcd of three members. */
  EtcdCluster cluster() {
    return Optional.ofNullable(cluster).orElseThrow();
  }

  EtcdAccess access() {
    return access;
  }

  TcpProxy instancesProxy() {
    return instancesProxy;
  }

  TcpProxy watchersProxy() {
    return watchersProxy;
  }

  List<Participant> participants() {
    return participants;
  }

  /** Adds an instance that only is a key, under no lease. */
  void join(Participant participant, String address) {
    access.put(participant.prefix() + address, participant.subject().value(address));
  }

  /** Lets one of those leave, with the mark that some readers know. */
  void leave(Participant participant, String address) {
    access.put(participant.prefix() + address, participant.subject().leavingValue(address));
    access.delete(participant.prefix() + address);
    participant.left(address);
  }

  void pause(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis());
  }

  @Override
  public void close() throws IOException {
    participants.forEach(Participant::close);
    access.close();
    instancesProxy.close();
    watchersProxy.close();
    if (single != null) {
      single.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private List<URI> endpoints() {
    return cluster == null ? List.of(etcd().endpoint()) : cluster.endpoints();
  }
}
