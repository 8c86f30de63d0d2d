package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts claimed keys under the current lease, puts them again when they are deleted or overwritten,
 * and deletes them so that watchers can distinguish a deregistration from an expiry. The first put
 * of a key overwrites any value; a later one only the value that a check has found. On the
 * connection's thread.
 */
final class KeyRegistrar {

  private static final Logger log = LoggerFactory.getLogger(KeyRegistrar.class);

  private final EtcdConnection connection;
  private final LeaseKeeper lease;
  private final Owner owner;
  private final RetryTimer timer;
  private final OwnKeyWatches watches;
  private final OwnKeys keys = new OwnKeys();
  private long puttingLease;
  private boolean takingBack;

  /** Knows whether the process is registered. */
  interface Owner {

    /** Whether all keys are in etcd under the lease, as far as is known. */
    boolean isRegistered();

    /** All keys are in etcd under the lease, except those of other processes. */
    void registered();

    /** Some keys are no longer in etcd and are being put again. */
    void keysLost();

    /** The set of keys that belong to other processes has changed. */
    void conflictsChanged();
  }

  KeyRegistrar(EtcdConnection connection, LeaseKeeper lease, RandomGenerator random, Owner owner) {
    this.connection = connection;
    this.lease = lease;
    this.owner = owner;
    this.timer = new RetryTimer(connection, random);
    this.watches = new OwnKeyWatches(connection, this::verify);
  }

  /** Whether nothing is claimed. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  List<String> claimedKeys() {
    return keys.claimed();
  }

  /** Those that another process keeps. */
  List<String> conflictingKeys() {
    return keys.conflicting();
  }

  void claim(Collection<Claim> claims) {
    claims.forEach(keys::claim);
  }

  /** Removes the claims of these keys, and returns those that there were. */
  List<Claim> release(Collection<String> released) {
    return keys.release(released);
  }

  /** Puts all claimed keys under the lease, if there is one. */
  void put() {
    long id = lease.id();
    if (id == 0 || isPutting() || keys.isEmpty()) {
      return;
    }
    puttingLease = id;
    Map<String, String> values = keys.values();
    Map<String, Long> expected = keys.expected(values.keySet());
    TxnRequest request = KeyTransactions.put(values, expected, id);
    Consumer<TxnResponse> onAnswer = answer -> afterPut(id, () -> putAnswered(answer, values));
    Consumer<Status> onFailure = failure -> afterPut(id, () -> putFailed(failure));
    if (expected.keySet().containsAll(values.keySet())) {
      hedge(request, onAnswer, onFailure);
    } else {
      // Sent twice, an unconditional put could overwrite what another process has put between.
      connection.then(connection.kv().txn(request), onAnswer, onFailure);
    }
  }

  private void putAnswered(TxnResponse answer, Map<String, String> values) {
    if (answer.getSucceeded()) {
      stored(values, answer.getHeader().getRevision());
    } else {
      check();
    }
  }

  private void putFailed(Status failure) {
    if (failure.getCode() == Code.NOT_FOUND) {
      lease.lost("etcd no longer knows the lease");
    } else {
      retry();
    }
  }

  private void stored(Map<String, String> values, long revision) {
    keys.forgetFound();
    for (String key : values.keySet()) {
      if (keys.isClaimed(key)) {
        keys.put(key, revision);
      } else {
        deleteReleased(key, revision);
      }
    }
    if (!keys.isComplete(values)) {
      put();
    } else if (!keys.isEmpty()) {
      watches.watch(values.keySet(), lease.id(), revision + 1);
      if (!takingBack) {
        log.info("Registered {}, lease {}", values.keySet(), Long.toHexString(lease.id()));
      }
      takingBack = false;
      owner.registered();
    }
  }

  /** A key that was released while its put was in flight. */
  private void deleteReleased(String key, long revision) {
    hedge(
        KeyTransactions.delete(key, revision),
        answer -> {},
        failure -> log.debug("{} will expire with its lease: {}", key, failure));
  }

  /** The lease was renewed: etcd answers, and has possibly changed meanwhile. */
  void renewed() {
    timer.succeeded();
    verify();
  }

  /** Checks whether all keys are still in etcd under the lease. */
  private void verify() {
    if (owner.isRegistered() && !isPutting()) {
      check();
    }
  }

  private void check() {
    long id = lease.id();
    Map<String, Long> puts = keys.puts();
    hedge(
        KeyTransactions.check(puts),
        answer -> ifLease(id, () -> checked(puts, answer)),
        failure -> ifLease(id, this::checkAgainLater));
  }

  private void checked(Map<String, Long> puts, TxnResponse answer) {
    if (isPutting()) {
      return;
    }
    if (keys.werePutSince(puts)) {
      // The answer was late: it is about what these puts have replaced.
      check();
      return;
    }
    List<String> checked = List.copyOf(puts.keySet());
    keys.forgetFound(checked);
    if (!answer.getSucceeded()) {
      repair(KeyReview.of(checked, answer, keys, lease.id()));
    } else if (owner.isRegistered()) {
      watches.watch(checked, lease.id(), answer.getHeader().getRevision() + 1);
    } else {
      put();
    }
  }

  /** While the process is registered, the next renewal checks again anyway. */
  private void checkAgainLater() {
    if (!owner.isRegistered()) {
      retry();
    }
  }

  private void repair(KeyReview review) {
    boolean wasRegistered = owner.isRegistered();
    if (keys.update(review)) {
      owner.conflictsChanged();
    }
    if (wasRegistered && review.toPut().isEmpty()) {
      return;
    }
    if (wasRegistered) {
      if (!review.missing().isEmpty()) {
        log.warn("Deleted by another process, putting the keys again: {}", review.missing());
      }
      owner.keysLost();
    }
    // Two processes that claim one address must not overwrite each other's key in a tight loop.
    boolean overwritten = review.missing().isEmpty() && !review.retaken().isEmpty();
    takingBack = overwritten && (wasRegistered || takingBack);
    if (overwritten) {
      retry();
    } else {
      put();
    }
  }

  /** The keys expire with their lease. */
  void leaseLost() {
    takingBack = false;
  }

  /**
   * Marks all as out of service, then runs {@code next}, whether etcd has answered or not.
   *
   * @param leaving released before
   */
  void mark(List<Claim> leaving, Runnable next) {
    long leaseId = lease.lastId();
    Countdown countdown = new Countdown(leaving.size(), next);
    for (Claim claim : leaving) {
      String key = claim.key();
      String mark = claim.leavingValue();
      if (mark == null) {
        countdown.run();
        continue;
      }
      TxnRequest request = KeyTransactions.replace(key, mark, leaseId, keys.revision(key));
      hedge(
          request,
          answer -> {
            // Claimed again meanwhile, the mark is what the next put has to replace.
            if (!keys.isClaimed(key)) {
              KeyTransactions.replacedAt(answer, mark, leaseId)
                  .ifPresent(revision -> keys.marked(key, revision));
            }
            countdown.run();
          },
          failure -> countdown.run());
    }
  }

  /**
   * Deletes this process's keys that are not claimed again, then runs {@code next}, whether etcd
   * has answered or not: the rest expires with the lease. Those without a mark first: who sees them
   * deleted reads the mark elsewhere.
   */
  void delete(List<Claim> leaving, Runnable next) {
    deleteEach(
        leaving,
        claim -> claim.leavingValue() == null,
        () -> deleteEach(leaving, claim -> claim.leavingValue() != null, next));
  }

  private void deleteEach(List<Claim> leaving, Predicate<Claim> which, Runnable next) {
    List<String> unclaimed =
        leaving.stream().filter(which).map(Claim::key).filter(key -> !keys.isClaimed(key)).toList();
    if (unclaimed.isEmpty()) {
      next.run();
    }
    Countdown countdown = new Countdown(unclaimed.size(), next);
    for (String key : unclaimed) {
      TxnRequest request = KeyTransactions.delete(key, keys.revision(key));
      hedge(request, answer -> countdown.run(), failure -> countdown.run());
    }
  }

  /** There are no claims any more, and the lease is revoked. */
  void clear() {
    takingBack = false;
    keys.clear();
    timer.cancel();
    watches.cancelAll();
  }

  private void hedge(
      TxnRequest request, Consumer<TxnResponse> onAnswer, Consumer<Status> onFailure) {
    connection.hedge(() -> connection.kv().txn(request), onAnswer, onFailure);
  }

  private void retry() {
    long id = lease.id();
    timer.retry(() -> ifLease(id, this::put));
  }

  private boolean isPutting() {
    return puttingLease != 0 && puttingLease == lease.id();
  }

  private void afterPut(long id, Runnable action) {
    ifLease(
        id,
        () -> {
          puttingLease = 0;
          action.run();
        });
  }

  private void ifLease(long id, Runnable action) {
    if (id == lease.id()) {
      action.run();
    }
  }

  /** Runs its action at the last of several calls. */
  private static final class Countdown implements Runnable {

    private final Runnable action;
    private int left;

    Countdown(int calls, Runnable action) {
      this.left = calls;
      this.action = action;
    }

    @Override
    public void run() {
      if (--left == 0) {
        action.run();
      }
    }
  }
}
