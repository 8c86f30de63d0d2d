package dev.platform.simulation;

import io.etcd.jetcd.api.ResponseHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One member of etcd: it applies the cluster's log a moment after the leader, and serves what it
 * has applied. A linearizable answer waits until it has applied what the leader has decided.
 */
final class EtcdMember implements Connection.Host {

  /** A member without a leader ends the streams that require one after three election ticks. */
  private static final long NO_LEADER_AFTER = 3 * Loop.SECOND;

  private final Etcd etcd;
  private final String name;
  private final Loop loop;
  private final Set<Connection> connections = new LinkedHashSet<>();
  private final Set<WatchModel> watches = new LinkedHashSet<>();
  private final Deque<Runnable> frozen = new ArrayDeque<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean up = true;
  private int freezes;
  private int isolations;
  private long applied = 1;
  private long lag;
  private int life;
  private long leaderLostAt;

  private record Waiting(long revision, int history, Runnable action) {}

  EtcdMember(Etcd etcd, String name, Loop loop) {
    this.etcd = etcd;
    this.name = name;
    this.loop = loop;
  }

  @Override
  public String toString() {
    return name;
  }

  Etcd etcd() {
    return etcd;
  }

  boolean isUp() {
    return up;
  }

  @Override
  public boolean isFrozen() {
    return freezes > 0;
  }

  /** Whether it takes part in the cluster. */
  boolean counts() {
    return up && freezes == 0 && isolations == 0;
  }

  boolean hasLeader() {
    return counts() && etcd.hasQuorum();
  }

  /** Whether it has found out that there is no leader; then it refuses what requires one. */
  boolean knowsNoLeader() {
    return !hasLeader() && loop.now() - leaderLostAt >= NO_LEADER_AFTER;
  }

  long applied() {
    return applied;
  }

  ResponseHeader.Builder header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(7 + etcd.history())
        .setMemberId(name.hashCode())
        .setRevision(revision);
  }

  /** Applies the log up to a revision some time from now. */
  void follow(long revision) {
    if (!hasLeader()) {
      return;
    }
    int then = life;
    int history = etcd.history();
    long delay = etcd.random().nextLong(300_000) + (lag == 0 ? 0 : etcd.random().nextLong(lag));
    loop.after(
        delay,
        () -> {
          if (then == life && history == etcd.history() && counts()) {
            applyUpTo(revision);
          }
        });
  }

  private void applyUpTo(long revision) {
    if (revision <= applied) {
      return;
    }
    applied = revision;
    List.copyOf(watches).forEach(WatchModel::send);
    for (Waiting each : List.copyOf(waiting)) {
      if (each.revision <= applied) {
        waiting.remove(each);
        each.action.run();
      }
    }
  }

  /** Runs when this member has applied the revision; never, if it is restarted before. */
  void whenApplied(long revision, Runnable action) {
    if (revision <= applied) {
      action.run();
    } else {
      waiting.add(new Waiting(revision, etcd.history(), action));
    }
  }

  void add(WatchModel watch) {
    watches.add(watch);
  }

  void remove(WatchModel watch) {
    watches.remove(watch);
  }

  @Override
  public void receive(Runnable action) {
    if (!up) {
      return;
    }
    if (isFrozen()) {
      frozen.add(action);
      return;
    }
    action.run();
  }

  @Override
  public void accepted(Connection connection) {
    connections.add(connection);
  }

  @Override
  public void closed(Connection connection) {
    connections.remove(connection);
  }

  // Faults

  /** Behind the others by up to this time. */
  void lag(long nanos) {
    lag = nanos;
  }

  void crash() {
    if (!up) {
      return;
    }
    boolean before = etcd.hasQuorum();
    up = false;
    life++;
    frozen.clear();
    waiting.clear();
    List.copyOf(watches).forEach(WatchModel::gone);
    watches.clear();
    List.copyOf(connections).forEach(Connection::serverDied);
    etcd.quorumChanged(before);
  }

  /** It has applied all that it had written before. */
  void start() {
    if (up) {
      return;
    }
    boolean before = etcd.hasQuorum();
    up = true;
    applied = Math.min(applied, etcd.store().revision());
    etcd.quorumChanged(before);
    if (!hasLeader()) {
      leaderLost();
    }
    follow(etcd.store().revision());
  }

  void freeze() {
    boolean before = etcd.hasQuorum();
    if (freezes++ == 0) {
      List.copyOf(connections).forEach(Connection::watch);
    }
    etcd.quorumChanged(before);
  }

  void thaw() {
    boolean before = etcd.hasQuorum();
    if (--freezes == 0) {
      while (!isFrozen() && !frozen.isEmpty()) {
        frozen.remove().run();
      }
    }
    etcd.quorumChanged(before);
    if (!hasLeader()) {
      leaderLost();
    }
    follow(etcd.store().revision());
  }

  /** Cut off from the other members; clients still reach it. */
  void isolate() {
    boolean before = etcd.hasQuorum();
    isolations++;
    etcd.quorumChanged(before);
    leaderLost();
  }

  void rejoin() {
    boolean before = etcd.hasQuorum();
    isolations--;
    etcd.quorumChanged(before);
    follow(etcd.store().revision());
  }

  /** Watches that require a leader end, unless there is one again soon. */
  void leaderLost() {
    leaderLostAt = loop.now();
    int then = life;
    loop.after(
        NO_LEADER_AFTER,
        () -> {
          if (then == life && up && !isFrozen() && !hasLeader()) {
            List.copyOf(watches).forEach(WatchModel::leaderLost);
          }
        });
  }
}
