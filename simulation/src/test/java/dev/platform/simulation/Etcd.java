package dev.platform.simulation;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.StoreModel;
import io.etcd.jetcd.api.Event;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A model of an etcd cluster: one linearizable log with leases, and members that apply it some time
 * later, lose their quorum, freeze and are restarted. Each time that its data is lost a new history
 * begins.
 */
final class Etcd {

  private static final ByteString ALL = ByteString.copyFrom(new byte[] {0});

  private final Loop loop;
  private final SplittableRandom random;
  private final List<EtcdMember> members = new ArrayList<>();
  private final Observer observer;
  private StoreModel store;
  private int history;
  private long reported = 1;
  private int leaderless;
  private long disk;
  private boolean full;
  private boolean abandoned;

  /** Sees each change in the moment in which it is decided. */
  interface Observer {

    void changed(int history, long revision, List<Event> events);

    /** All data was lost. */
    void wiped(int history, StoreModel store);
  }

  Etcd(Loop loop, int size, Observer observer) {
    this.loop = loop;
    this.random = loop.random("etcd");
    this.observer = observer;
    this.store = newStore();
    for (int i = 0; i < size; i++) {
      members.add(new EtcdMember(this, "etcd-" + i, loop));
    }
    tick();
  }

  private StoreModel newStore() {
    StoreModel fresh = new StoreModel(loop::now);
    fresh.onChange(() -> changed(fresh));
    return fresh;
  }

  /** Twice a second, as etcd does. */
  private void tick() {
    loop.after(
        Loop.SECOND / 2,
        () -> {
          if (hasQuorum()) {
            store.expire();
          }
          tick();
        });
  }

  private void changed(StoreModel from) {
    if (from != store) {
      return;
    }
    StoreModel.Events news = store.events(ALL, ALL, reported);
    reported = store.revision() + 1;
    observer.changed(history, store.revision(), news.events());
    members.forEach(member -> member.follow(store.revision()));
  }

  /**
   * Applies a request.
   *
   * @param isAbandoned whether its sender has given up
   */
  <T> T apply(boolean isAbandoned, Supplier<T> request) {
    abandoned = isAbandoned;
    try {
      return request.get();
    } finally {
      abandoned = false;
    }
  }

  /** Whether what changes now was asked for by somebody who has given up. */
  boolean isAbandoned() {
    return abandoned;
  }

  Loop loop() {
    return loop;
  }

  SplittableRandom random() {
    return random;
  }

  StoreModel store() {
    return store;
  }

  int history() {
    return history;
  }

  List<EtcdMember> members() {
    return members;
  }

  EtcdMember member(int index) {
    return members.get(index % members.size());
  }

  boolean hasQuorum() {
    int counting = 0;
    for (EtcdMember member : members) {
      counting += member.counts() ? 1 : 0;
    }
    return leaderless == 0 && 2 * counting > members.size();
  }

  boolean isFull() {
    return full;
  }

  /** How long a write takes: mostly milliseconds, with a slow disk up to seconds. */
  long writeTime() {
    return 200_000 + random.nextLong(2 * Loop.MILLI) + (disk == 0 ? 0 : random.nextLong(disk));
  }

  /** The answer's status while there is no leader. */
  static Status noLeader() {
    return Status.UNAVAILABLE.withDescription("etcdserver: no leader");
  }

  // Faults

  /** A member that counts for the quorum is gone, or is back. */
  void quorumChanged(boolean before) {
    boolean now = hasQuorum();
    if (before && !now) {
      store.leaderless();
      members.forEach(EtcdMember::leaderLost);
    } else if (!before && now) {
      store.elected();
      members.forEach(member -> member.follow(store.revision()));
    }
  }

  /** No leader for a time; the next one gives all leases their full time. */
  void elect(long nanos) {
    boolean before = hasQuorum();
    leaderless++;
    quorumChanged(before);
    loop.after(
        nanos,
        () -> {
          boolean had = hasQuorum();
          leaderless--;
          quorumChanged(had);
        });
  }

  void slowDisk(long nanos) {
    disk = nanos;
  }

  void full(boolean now) {
    full = now;
  }

  void compact() {
    store.put("/elsewhere", Long.toString(loop.now()));
    store.compact();
  }

  /** All members are restarted without data, or with a history that begins later. */
  void wipe(int firstRevision) {
    members.forEach(EtcdMember::crash);
    store = newStore();
    history++;
    reported = 1;
    observer.wiped(history, store);
    for (int i = 1; i < firstRevision; i++) {
      store.put("/elsewhere", Integer.toString(i));
    }
    members.forEach(EtcdMember::start);
  }

  /** All are restarted, and keep their data. */
  void restart(long downTime) {
    members.forEach(EtcdMember::crash);
    loop.after(downTime, () -> members.forEach(EtcdMember::start));
  }
}
