package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The data of one etcd: keys and leases behind one lock, each request one atomic step. Independent
 * of the network.
 *
 * <p>Thread-safe. Never blocks beyond the lock. Refusals are {@link EtcdFailure}s.
 */
final class EtcdState {

  private final MvccStore store = new MvccStore();
  private final Leases leases;
  private Runnable onChange = () -> {};
  private boolean clockRuns;
  private long steps;

  EtcdState(LongSupplier nanos) {
    this.leases = new Leases(nanos);
  }

  /** An answer and the revision that its header states. */
  record At<T>(long revision, T answer) {}

  /** Events for a watcher, perhaps none, or the revision if its start was compacted. */
  record Batch(long compactedRevision, List<Event> events, long nextRevision, long revision) {}

  /** The remaining time of a lease. */
  record TimeLeft(long seconds, long grantedSeconds, List<ByteString> keys) {}

  /** Called under the lock after every new revision, so it must not block. */
  synchronized void onChange(Runnable listener) {
    onChange = listener;
  }

  /** Lets leases expire. They start with their full time, as after an election. */
  synchronized void startClock() {
    leases.rearmAll();
    clockRuns = true;
  }

  /** Lets leases expire again, without resetting their time. */
  synchronized void resumeClock() {
    clockRuns = true;
  }

  /** No lease expires from here on, although its time passes. */
  synchronized void stopClock() {
    clockRuns = false;
  }

  /** Deletes the keys of expired leases. Every request does this first. */
  synchronized void expireDue() {
    if (clockRuns) {
      leases.due().forEach(lease -> revokeKnown(lease.id()));
    }
  }

  synchronized long revision() {
    return store.revision();
  }

  synchronized long bytes() {
    return store.bytes();
  }

  /** The number of requests that changed something, as a raft index would count them. */
  synchronized long steps() {
    return steps;
  }

  synchronized At<RangeResponse.Builder> range(RangeRequest request) {
    TxnRules.requireKey(request.getKey());
    return step(transaction -> transaction.range(request));
  }

  synchronized At<PutResponse.Builder> put(PutRequest request) {
    TxnRules.check(request);
    return step(transaction -> transaction.put(request));
  }

  synchronized At<DeleteRangeResponse.Builder> delete(DeleteRangeRequest request) {
    TxnRules.requireKey(request.getKey());
    return step(transaction -> transaction.delete(request));
  }

  synchronized At<TxnResponse.Builder> txn(TxnRequest request) {
    TxnRules.check(request);
    return step(transaction -> transaction.run(request));
  }

  synchronized long compact(long revision) {
    expireDue();
    if (revision <= store.compactedRevision()) {
      throw EtcdError.COMPACTED.failure();
    }
    if (revision > store.revision()) {
      throw EtcdError.FUTURE_REVISION.failure();
    }
    store.compact(revision);
    steps++;
    return store.revision();
  }

  synchronized At<Leases.Lease> grant(long id, long ttlSeconds) {
    expireDue();
    Leases.Lease lease = leases.grant(id, ttlSeconds);
    steps++;
    return new At<>(store.revision(), lease);
  }

  /** Returns the revision after it. */
  synchronized long revoke(long id) {
    expireDue();
    revokeKnown(id);
    return store.revision();
  }

  /** Ends all leases and deletes all keys, with one revision each as usual. */
  synchronized void clear() {
    leases.ids().forEach(this::revokeKnown);
    Transaction transaction = new Transaction(store, leases);
    transaction.delete(KeyRange.all());
    commit(transaction);
  }

  /** The renewed TTL in seconds; 0 if there is no such lease. */
  synchronized At<Long> keepAlive(long id) {
    expireDue();
    Optional<Leases.Lease> lease = leases.find(id);
    lease.ifPresent(Leases.Lease::rearm);
    return new At<>(store.revision(), lease.map(Leases.Lease::ttlSeconds).orElse(0L));
  }

  synchronized At<Optional<TimeLeft>> timeToLive(long id) {
    expireDue();
    return new At<>(
        store.revision(),
        leases
            .find(id)
            .map(
                lease ->
                    new TimeLeft(
                        TimeUnit.NANOSECONDS.toSeconds(lease.remainingNanos()),
                        lease.ttlSeconds(),
                        lease.keys())));
  }

  synchronized At<List<Long>> leases() {
    expireDue();
    return new At<>(store.revision(), leases.ids());
  }

  /** Events of whole revisions from one on, in order, at most {@code maxRevisions} of them. */
  synchronized Batch events(long fromRevision, int maxRevisions, Predicate<Event> wanted) {
    if (fromRevision < store.compactedRevision()) {
      return new Batch(store.compactedRevision(), List.of(), fromRevision, store.revision());
    }
    List<Event> events = new ArrayList<>();
    long next =
        store.replay(
            fromRevision,
            maxRevisions,
            event -> {
              if (wanted.test(event)) {
                events.add(withReadablePrevious(event));
              }
            });
    return new Batch(0, events, next, store.revision());
  }

  /** etcd reads the previous value one revision back, which compaction may have made unreadable. */
  private Event withReadablePrevious(Event event) {
    return event.getKv().getModRevision() - 1 < store.compactedRevision()
        ? event.toBuilder().clearPrevKv().build()
        : event;
  }

  private <T> At<T> step(Function<Transaction, T> request) {
    expireDue();
    Transaction transaction = new Transaction(store, leases);
    T answer = request.apply(transaction);
    commit(transaction);
    return new At<>(store.revision(), answer);
  }

  private void revokeKnown(long id) {
    Leases.Lease lease = leases.remove(id);
    Transaction transaction = new Transaction(store, leases);
    for (ByteString key : lease.keys()) {
      List<KeyValue> deleted = transaction.delete(KeyRange.single(key));
      assert deleted.size() == 1 : "a lease held a key that is not there: " + key;
    }
    steps++;
    commit(transaction);
  }

  private void commit(Transaction transaction) {
    if (transaction.commit()) {
      steps++;
      onChange.run();
    }
  }
}
