package dev.platform.core.registry;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts claimed keys under the lease there is, and puts them again when they are deleted or
 * overwritten. A first put takes a key over, whoever had it; a later one is made only over what was
 * looked at before. On the connection's thread.
 */
final class KeyRegistrar {

  private static final Logger log = LoggerFactory.getLogger(KeyRegistrar.class);

  private final EtcdConnection connection;
  private final LeaseKeeper lease;
  private final Map<String, Claim> claims;
  private final Listener listener;
  private final Backoff backoff;
  private final OwnKeyWatches watches;
  private final KeyConflicts contest = new KeyConflicts();

  /** Of one's own puts. */
  private final Map<String, Long> revisions = new LinkedHashMap<>();

  /** What the last look found in the place of one's own puts; 0 for nothing. */
  private final Map<String, Long> found = new HashMap<>();

  private boolean standing;
  private long puttingUnder;
  private boolean takingBack;
  private @Nullable ScheduledFuture<?> timer;

  /** What their owner is told. */
  interface Listener {

    /** All stand under the lease, but for those that are another process's now. */
    void standing();

    /** Some don't stand any more and are being put again. */
    void disturbed();

    /** Other keys than before are another process's. */
    void contested();
  }

  /**
   * @param claims what is to stand; read whenever it matters
   */
  KeyRegistrar(
      EtcdConnection connection,
      LeaseKeeper lease,
      Map<String, Claim> claims,
      RandomGenerator random,
      Listener listener) {
    this.connection = connection;
    this.lease = lease;
    this.claims = claims;
    this.listener = listener;
    this.backoff = new Backoff(LeaseKeeper.MAX_BACKOFF, random);
    this.watches = new OwnKeyWatches(connection, this::verify);
  }

  /** Those that another process keeps. */
  List<String> contestedKeys() {
    return contest.lostKeys();
  }

  /** Puts what is claimed under the lease, if there is one. */
  void put() {
    long id = lease.id();
    if (id == 0 || isPutting() || claims.isEmpty()) {
      return;
    }
    puttingUnder = id;
    Map<String, String> values = new LinkedHashMap<>();
    claims.values().stream()
        .filter(claim -> !contest.isLost(claim.key()))
        .forEach(claim -> values.put(claim.key(), claim.value()));
    Map<String, Long> expected = new LinkedHashMap<>(revisions);
    expected.putAll(found);
    expected.keySet().retainAll(values.keySet());
    connection.then(
        connection.kv().txn(OwnedKeys.put(values, expected, id)),
        answer -> afterPut(id, () -> putAnswered(answer, values)),
        failure -> afterPut(id, () -> putFailed(failure)));
  }

  /** Looks whether all keys still stand under the lease. */
  void verify() {
    if (standing && !isPutting()) {
      look();
    }
  }

  /** The lease was renewed: etcd answers, and has possibly changed meanwhile. */
  void renewed() {
    backoff.reset();
    verify();
  }

  /** They fall with their lease. */
  void leaseLost() {
    standing = false;
    takingBack = false;
  }

  /** These are not claimed any more. */
  void forget(Collection<String> keys) {
    contest.forget(keys);
  }

  /** Nothing is claimed any more, and the lease goes. */
  void clear() {
    standing = false;
    takingBack = false;
    revisions.clear();
    found.clear();
    if (timer != null) {
      timer.cancel(false);
    }
    watches.cancelAll();
  }

  Deregistration departure() {
    return new Deregistration(connection, lease.lastId(), revisions);
  }

  private boolean isPutting() {
    return puttingUnder != 0 && puttingUnder == lease.id();
  }

  private void afterPut(long id, Runnable action) {
    ifUnder(
        id,
        () -> {
          puttingUnder = 0;
          action.run();
        });
  }

  private void putFailed(Status failure) {
    if (failure.getCode() == Code.NOT_FOUND) {
      lease.lost("etcd no longer knows the lease");
    } else {
      retry();
    }
  }

  private void putAnswered(TxnResponse answer, Map<String, String> values) {
    if (answer.getSucceeded()) {
      stored(values, answer.getHeader().getRevision());
    } else {
      look();
    }
  }

  private void stored(Map<String, String> values, long revision) {
    found.clear();
    for (String key : values.keySet()) {
      if (claims.containsKey(key)) {
        revisions.put(key, revision);
      } else {
        deleteReleased(key, revision);
      }
    }
    if (!claims.values().stream().allMatch(claim -> isSettled(claim, values))) {
      put();
    } else if (!claims.isEmpty()) {
      standing = true;
      watches.watch(values.keySet(), lease.id(), revision + 1);
      if (!takingBack) {
        log.info("Registered {}, lease {}", values.keySet(), Long.toHexString(lease.id()));
      }
      takingBack = false;
      listener.standing();
    }
  }

  private boolean isSettled(Claim claim, Map<String, String> values) {
    return contest.isLost(claim.key()) || claim.value().equals(values.get(claim.key()));
  }

  /** A key that was released while its put was under way. */
  private void deleteReleased(String key, long revision) {
    connection.then(
        connection.kv().txn(OwnedKeys.delete(key, revision)),
        answer -> {},
        failure -> log.debug("{} is left to its lease: {}", key, failure));
  }

  private void look() {
    long id = lease.id();
    Map<String, Long> expected = new LinkedHashMap<>(revisions);
    expected.keySet().retainAll(claims.keySet());
    connection.then(
        connection.kv().txn(OwnedKeys.check(expected)),
        answer -> ifUnder(id, () -> looked(List.copyOf(expected.keySet()), answer)),
        failure -> ifUnder(id, this::lookAgainLater));
  }

  private void looked(List<String> keys, TxnResponse answer) {
    if (isPutting()) {
      return;
    }
    found.keySet().removeAll(keys);
    if (!answer.getSucceeded()) {
      recover(KeyReview.of(keys, answer, claims, revisions, lease.id()));
    } else if (standing) {
      watches.watch(keys, lease.id(), answer.getHeader().getRevision() + 1);
    } else {
      put();
    }
  }

  /** While the keys stand, the next renewal looks again anyway. */
  private void lookAgainLater() {
    if (!standing) {
      retry();
    }
  }

  private void recover(KeyReview review) {
    boolean stood = standing;
    revisions.putAll(review.own());
    found.putAll(review.toPut());
    if (contest.update(review)) {
      listener.contested();
    }
    if (stood && review.toPut().isEmpty()) {
      return;
    }
    if (stood) {
      standing = false;
      if (!review.missing().isEmpty()) {
        log.warn("Deleted by somebody else, putting it again: {}", review.missing());
      }
      listener.disturbed();
    }
    // Two that believe in one address must not take it from each other as fast as they can.
    boolean inTurns = review.missing().isEmpty() && !review.retaken().isEmpty();
    takingBack = inTurns && (stood || takingBack);
    if (inTurns) {
      retry();
    } else {
      put();
    }
  }

  private void retry() {
    if (timer != null) {
      timer.cancel(false);
    }
    long id = lease.id();
    timer =
        connection.schedule(
            () ->
                ifUnder(
                    id,
                    () -> {
                      connection.reconnect();
                      put();
                    }),
            backoff.nextMillis());
  }

  private void ifUnder(long id, Runnable action) {
    if (id == lease.id()) {
      action.run();
    }
  }
}
