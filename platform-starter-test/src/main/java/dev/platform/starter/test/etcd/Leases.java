package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The lease table: when leases expire, and which keys they have.
 *
 * <p>Not thread-safe: guarded by the lock of {@link EtcdState}.
 */
final class Leases {

  /** etcd raises shorter ones to this: one and a half election timeouts, rounded up. */
  static final long MIN_TTL_SECONDS = 2;

  static final long MAX_TTL_SECONDS = 9_000_000_000L;

  private final LongSupplier nanos;
  private final NavigableMap<Long, Lease> leases = new TreeMap<>();

  /** No lease expires before this time; saves most requests the scan of all leases. */
  private long quietUntil;

  Leases(LongSupplier nanos) {
    this.nanos = nanos;
  }

  Lease grant(long wantedId, long ttlSeconds) {
    if (ttlSeconds > MAX_TTL_SECONDS) {
      throw EtcdError.LEASE_TTL_TOO_LARGE.failure();
    }
    long id = wantedId == 0 ? freeId() : wantedId;
    if (leases.containsKey(id)) {
      throw EtcdError.LEASE_EXISTS.failure();
    }
    Lease lease = new Lease(id, Math.max(ttlSeconds, MIN_TTL_SECONDS));
    lease.rearm();
    if (leases.isEmpty() || lease.dueAt() - quietUntil < 0) {
      quietUntil = lease.dueAt();
    }
    leases.put(id, lease);
    return lease;
  }

  Optional<Lease> find(long id) {
    return Optional.ofNullable(leases.get(id));
  }

  Lease remove(long id) {
    Lease lease = leases.remove(id);
    if (lease == null) {
      throw EtcdError.LEASE_NOT_FOUND.failure();
    }
    return lease;
  }

  List<Long> ids() {
    return List.copyOf(leases.keySet());
  }

  /** The expired leases, earliest first. */
  List<Lease> due() {
    long now = nanos.getAsLong();
    if (leases.isEmpty() || now - quietUntil < 0) {
      return List.of();
    }
    List<Lease> byTime = new ArrayList<>(leases.values());
    byTime.sort((a, b) -> Long.signum(a.dueAt() - b.dueAt()));
    List<Lease> due = byTime.stream().takeWhile(lease -> lease.dueAt() - now <= 0).toList();
    if (due.size() < byTime.size()) {
      quietUntil = byTime.get(due.size()).dueAt();
    }
    return due;
  }

  /** As a new leader does: resets all leases to their full time. */
  void rearmAll() {
    leases.values().forEach(Lease::rearm);
  }

  /** Moves a key from one lease to another; 0 means no lease. */
  void move(ByteString key, long from, long to) {
    if (from != 0) {
      find(from).ifPresent(lease -> lease.keys.remove(key));
    }
    if (to != 0) {
      find(to).ifPresent(lease -> lease.keys.add(key));
    }
  }

  private long freeId() {
    long id;
    do {
      id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    } while (leases.containsKey(id));
    return id;
  }

  /** One lease with its keys in order. */
  final class Lease {

    private final long id;
    private final long ttlSeconds;
    private final NavigableSet<ByteString> keys = new TreeSet<>(KeyRange.ORDER);
    private long armedAt;

    private Lease(long id, long ttlSeconds) {
      this.id = id;
      this.ttlSeconds = ttlSeconds;
    }

    long id() {
      return id;
    }

    long ttlSeconds() {
      return ttlSeconds;
    }

    List<ByteString> keys() {
      return List.copyOf(keys);
    }

    long remainingNanos() {
      return dueAt() - nanos.getAsLong();
    }

    void rearm() {
      armedAt = nanos.getAsLong();
    }

    private long dueAt() {
      return armedAt + TimeUnit.SECONDS.toNanos(ttlSeconds);
    }
  }
}
