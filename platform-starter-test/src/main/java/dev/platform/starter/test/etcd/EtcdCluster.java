package dev.platform.starter.test.etcd;

import dev.platform.starter.test.net.FreePorts;
import io.etcd.jetcd.api.StatusResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of real etcd processes on the loopback address: the {@code etcd} on the PATH, or
 * another, on free ports, with its data in temporary directories. Ends with this JVM at the latest.
 *
 * <p>Members are counted from 0. Thread-safe. Every method blocks until its effect is there, at
 * most 20 s, and throws an {@link IllegalStateException} if it isn't there by then. Data methods
 * need a majority that runs.
 */
public final class EtcdCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final EtcdMembers members;
  private final List<Node> nodes = new CopyOnWriteArrayList<>();

  private EtcdCluster(EtcdMembers members) {
    this.members = members;
  }

  /** Starts a new cluster with this number of members; on return they have elected a leader. */
  public static EtcdCluster start(int members) {
    return builder().members(members).start();
  }

  /** A cluster with settings of its own, such as another version of etcd, or TLS. */
  public static EtcdClusterBuilder builder() {
    return new EtcdClusterBuilder();
  }

  static EtcdCluster start(EtcdMembers members, int number) {
    EtcdCluster cluster = new EtcdCluster(members);
    try {
      cluster.create(number);
      cluster.restart(IntStream.range(0, number).toArray());
      return cluster;
    } catch (RuntimeException notStarted) {
      cluster.close();
      throw notStarted;
    }
  }

  /**
   * Where clients connect to, as {@code http://host:port} of each member. {@link #addLearner} adds
   * one.
   */
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
      nodes.get(member).child().start(initialCluster());
    }
    if (nodes.stream().filter(Node::canAnswer).count() >= majority()) {
      for (int member : members) {
        StartedEtcd.await(nodes.get(member).child(), nodes.get(member).client());
      }
    }
  }

  /**
   * Ends a member in order, by SIGTERM, and starts it as this executable, with the data that it
   * has: one step of a rolling upgrade. Waits until it answers.
   */
  public void upgrade(int member, Path program) {
    EtcdChild child = nodes.get(member).child();
    child.terminate();
    child.program(program.toString());
    restart(member);
  }

  /**
   * Removes a member from the cluster for good, with its data, and adds an empty one with the same
   * addresses in its place. Waits until the new one answers.
   */
  public void replace(int member) {
    Node replaced = nodes.get(member);
    replaced.child().kill();
    EtcdClient others = client();
    long id = others.memberId(replaced.child().peerUrl());
    within("member %d is not removed".formatted(member), () -> others.removeMember(id));
    replaced.child().deleteData();
    admit(replaced, others, false);
  }

  /**
   * Adds a member that gets all data but has no vote, and returns its number. It serves neither
   * linearizable reads nor writes. Waits until it runs.
   */
  public int addLearner() {
    List<Integer> ports = FreePorts.on(EtcdChild.HOST, 2);
    EtcdClient others = client();
    Node learner = node(size(), ports.get(0), ports.get(1));
    nodes.add(learner);
    admit(learner, others, true);
    return size() - 1;
  }

  /** Gives a learner a vote, once it has all data. */
  public void promote(int learner) {
    EtcdClient others = client();
    long id = others.memberId(nodes.get(learner).child().peerUrl());
    within("member %d is not promoted".formatted(learner), () -> others.promote(id));
    StartedEtcd.await(nodes.get(learner).child(), nodes.get(learner).client());
  }

  /** Whether a member that runs has no vote yet. */
  public boolean isLearner(int member) {
    return nodes.get(member).client().status().getIsLearner();
  }

  /** The version of a member that runs, such as {@code 3.6.5}. */
  public String version(int member) {
    return nodes.get(member).client().status().getVersion();
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

  private void create(int number) {
    List<Integer> ports = FreePorts.on(EtcdChild.HOST, 2 * number);
    for (int i = 0; i < number; i++) {
      nodes.add(node(i, ports.get(2 * i), ports.get(2 * i + 1)));
    }
  }

  private Node node(int number, int port, int peerPort) {
    EtcdChild child = members.child(number, port, peerPort);
    return new Node(child, members.client(child));
  }

  /** etcd refuses a new member for a few seconds after another has connected or gone. */
  private void admit(Node node, EtcdClient others, boolean learner) {
    String url = node.child().peerUrl();
    within("a new member is not accepted", () -> others.addMember(url, learner));
    node.child().join(initialCluster());
    boolean runs = StartedEtcd.within(LIMIT, () -> node.status().isPresent());
    if (!runs) {
      throw new IllegalStateException("etcd did not join its cluster: " + node.child().logTail());
    }
    if (!learner) {
      StartedEtcd.await(node.child(), node.client());
    }
  }

  private static void within(String failure, BooleanSupplier change) {
    if (!StartedEtcd.within(LIMIT, change)) {
      throw new IllegalStateException(
          "etcd cluster: %s within %d s".formatted(failure, LIMIT.toSeconds()));
    }
  }

  private String initialCluster() {
    return nodes.stream().map(node -> node.child().clusterEntry()).collect(Collectors.joining(","));
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
