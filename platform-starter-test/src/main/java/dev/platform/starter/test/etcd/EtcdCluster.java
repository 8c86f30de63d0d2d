package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.StatusResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of real etcd processes on the loopback address: the {@code etcd} on the PATH, on free
 * ports, with its data in temporary directories. Ends with this JVM at the latest.
 *
 * <p>Members are counted from 0. Thread-safe. Every method blocks until its effect is there, at
 * most 20 s, and throws an {@link IllegalStateException} if it isn't there by then. Data methods
 * need a majority that runs.
 */
public final class EtcdCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<Node> nodes;
  private final String initialCluster;

  private EtcdCluster(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    this.initialCluster =
        nodes.stream().map(node -> node.child().clusterEntry()).collect(Collectors.joining(","));
  }

  /** Starts a new cluster with this number of members; on return they have elected a leader. */
  public static EtcdCluster start(int members) {
    if (members < 1) {
      throw new IllegalArgumentException("members: " + members + " (expected: >= 1)");
    }
    List<Integer> ports = FreePorts.on(EtcdChild.HOST, 2 * members);
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      EtcdChild child =
          EtcdChild.create("member-" + i, ports.get(2 * i), ports.get(2 * i + 1), List.of(), null);
      nodes.add(new Node(child, new EtcdClient(child.endpoint(), null)));
    }
    EtcdCluster cluster = new EtcdCluster(nodes);
    try {
      cluster.restart(IntStream.range(0, members).toArray());
      return cluster;
    } catch (RuntimeException notStarted) {
      cluster.close();
      throw notStarted;
    }
  }

  /** Where clients connect to, as {@code http://host:port} of each member. Never changes. */
  public List<URI> endpoints() {
    return nodes.stream().map(node -> node.child().endpoint()).toList();
  }

  public int size() {
    return nodes.size();
  }

  /** The member that leads; waits until it answers, and a majority says so. */
  public int leader() {
    int[] found = new int[1];
    boolean elected =
        StartedEtcd.within(
            LIMIT,
            () -> {
              OptionalInt leader = leaderNow();
              leader.ifPresent(member -> found[0] = member);
              return leader.isPresent();
            });
    if (!elected) {
      throw new IllegalStateException("etcd cluster: no leader within " + LIMIT.toSeconds() + " s");
    }
    return found[0];
  }

  /** Ends members at once, by SIGKILL. Their data is kept. */
  public void kill(int... members) {
    for (int member : members) {
      nodes.get(member).child().kill();
    }
  }

  /** Ends all members. */
  public void stop() {
    kill(IntStream.range(0, size()).toArray());
  }

  /**
   * Starts members with the data that they have, after a kill of those that run. Waits until they
   * answer, if there is a majority to answer with.
   */
  public void restart(int... members) {
    kill(members);
    for (int member : members) {
      nodes.get(member).child().start(initialCluster);
    }
    if (nodes.stream().filter(Node::canAnswer).count() >= majority()) {
      for (int member : members) {
        StartedEtcd.await(nodes.get(member).child(), nodes.get(member).client());
      }
    }
  }

  /** From here on members keep their connections but answer nothing, not even to each other. */
  public void freeze(int... members) {
    for (int member : members) {
      nodes.get(member).child().freeze();
    }
  }

  /** Ends {@link #freeze}; requests from meanwhile are answered now. */
  public void thaw(int... members) {
    for (int member : members) {
      nodes.get(member).child().thaw();
    }
  }

  /** As {@link EtcdServer#outOfSpace}, for the whole cluster. */
  public void outOfSpace(boolean full) {
    client().outOfSpace(full);
  }

  /** True between start and kill; a frozen member still runs. */
  public boolean isRunning(int member) {
    return nodes.get(member).child().isAlive();
  }

  /** Writes a key under no lease and returns the new revision. */
  public long put(String key, String value) {
    return client().put(key, value);
  }

  public Optional<String> get(String key) {
    return client().get(key);
  }

  /** Deletes a key and says whether it was there. */
  public boolean delete(String key) {
    return client().delete(key);
  }

  /** The keys that start with a prefix, in order. */
  public List<String> keys(String prefix) {
    return client().keys(prefix);
  }

  /** The ids of all leases, in order. */
  public List<Long> leases() {
    return client().leases();
  }

  /** Ends a lease early; to clients it looks expired. */
  public void expireLease(long id) {
    client().revoke(id);
  }

  /** The present revision of the store. */
  public long revision() {
    return client().revision();
  }

  /** Forgets the history before the present revision, and returns that. */
  public long compact() {
    return client().compact();
  }

  /** Ends all members for good and deletes their data. */
  @Override
  public void close() {
    nodes.forEach(Node::close);
  }

  private EtcdClient client() {
    return nodes.get(leader()).client();
  }

  private int majority() {
    return size() / 2 + 1;
  }

  private OptionalInt leaderNow() {
    List<Optional<StatusResponse>> statuses = nodes.stream().map(Node::status).toList();
    return IntStream.range(0, size())
        .filter(
            member -> statuses.get(member).filter(status -> leads(status, statuses)).isPresent())
        .findFirst();
  }

  private boolean leads(StatusResponse candidate, List<Optional<StatusResponse>> statuses) {
    return candidate.getLeader() == candidate.getHeader().getMemberId()
        && statuses.stream()
                .flatMap(Optional::stream)
                .filter(status -> status.getLeader() == candidate.getLeader())
                .filter(status -> status.getRaftTerm() == candidate.getRaftTerm())
                .count()
            >= majority();
  }

  private record Node(EtcdChild child, EtcdClient client) {

    boolean canAnswer() {
      return child.isAlive() && !child.isFrozen();
    }

    Optional<StatusResponse> status() {
      if (!canAnswer()) {
        return Optional.empty();
      }
      try {
        return Optional.of(client.status());
      } catch (IllegalStateException noAnswer) {
        return Optional.empty();
      }
    }

    void close() {
      client.close();
      child.close();
    }
  }
}
