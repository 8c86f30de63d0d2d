package dev.platform.starter.registry;

import dev.platform.starter.etcd.Backoff;
import dev.platform.starter.etcd.EtcdConnection;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a set of keys in etcd under one lease, for as long as the process lives. Whatever takes
 * them away (a lease that expired or was revoked, a key that was deleted or overwritten, an etcd
 * that was restarted or emptied) leads back to putting them, for ever, with jittered back-off. A
 * lease counts as lost when etcd says so, or when no answer came within its time to live by the
 * monotonic clock. All state is kept on the connection's thread; public methods may be called from
 * any thread and never block.
 */
final class RegistrationLease {

  private static final Logger log = LoggerFactory.getLogger(RegistrationLease.class);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

  private final EtcdConnection connection;
  private final Duration ttl;
  private final Clock clock;
  private final Backoff backoff;
  private final OwnKeyWatches keyWatches;

  // on the connection's thread
  private final Map<String, Claim> claims = new LinkedHashMap<>();
  private final Map<String, Long> revisions = new LinkedHashMap<>();
  private final Set<String> contested = new LinkedHashSet<>();
  private final Map<String, String> others = new HashMap<>();
  private LeaseState state = LeaseState.IDLE;
  private Instant since;
  private long leaseId;
  private long renewedAt;
  private long acquisitions;
  private int attempt;
  private int puttingFor = -1;
  private CompletableFuture<Void> granting = CompletableFuture.completedFuture(null);
  private @Nullable ScheduledFuture<?> timer;

  private volatile LeaseSnapshot snapshot;

  RegistrationLease(EtcdConnection connection, Duration ttl, Clock clock, RandomGenerator random) {
    this.connection = connection;
    this.ttl = ttl;
    this.clock = clock;
    this.backoff = new Backoff(MAX_BACKOFF, random);
    this.keyWatches = new OwnKeyWatches(connection, this::verify);
    this.since = clock.instant();
    this.snapshot = new LeaseSnapshot(state, null, since, List.of(), List.of(), 0);
  }

  /** What was known last. */
  LeaseSnapshot snapshot() {
    return snapshot;
  }

  /** Puts the keys, and keeps them there. */
  void claim(Collection<Claim> more) {
    connection.execute(
        () -> {
          if (state == LeaseState.CLOSED) {
            return;
          }
          more.forEach(claim -> claims.put(claim.key(), claim));
          if (state == LeaseState.IDLE) {
            enter(LeaseState.ACQUIRING);
            acquire();
          } else if (state == LeaseState.HELD) {
            put();
          }
        });
  }

  /**
   * Takes the keys out of etcd: first marks them as leaving, then deletes what is still its own.
   * Completes when that is done or etcd did not answer in time; never exceptionally.
   */
  CompletableFuture<Void> release(Collection<String> keys) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.execute(
        () -> {
          List<Claim> leaving = keys.stream().map(claims::remove).filter(c -> c != null).toList();
          contested.removeAll(keys);
          if (leaving.isEmpty() || leaseId == 0) {
            rest(done);
          } else {
            leave(leaving, done);
          }
        });
    return done;
  }

  /** Releases everything; the lease can't be used again. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.execute(
        () ->
            release(List.copyOf(claims.keySet()))
                .thenRun(
                    () -> {
                      if (state != LeaseState.CLOSED) {
                        enter(LeaseState.CLOSED);
                      }
                      done.complete(null);
                    }));
    return done;
  }

  private void acquire() {
    int current = ++attempt;
    leaseId = 0;
    CompletableFuture<Void> answered = new CompletableFuture<>();
    granting = answered;
    long sentAt = connection.nanoTime();
    connection.then(
        connection
            .lease()
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build()),
        granted -> {
          if (current == attempt) {
            leaseId = granted.getID();
            renewedAt = sentAt;
            answered.complete(null);
            put();
          } else {
            revoke(granted.getID(), () -> answered.complete(null));
          }
        },
        failure -> {
          answered.complete(null);
          ifCurrent(current, () -> retry(this::acquire));
        });
  }

  private void put() {
    if (isPutting() || claims.isEmpty()) {
      return;
    }
    int current = attempt;
    puttingFor = current;
    Map<String, String> values = new LinkedHashMap<>();
    claims.values().stream()
        .filter(claim -> !contested.contains(claim.key()))
        .forEach(claim -> values.put(claim.key(), claim.value()));
    connection.then(
        connection.kv().txn(OwnedKeys.put(values, leaseId)),
        answer ->
            ifCurrent(
                current,
                () -> {
                  puttingFor = -1;
                  stored(values, answer.getHeader().getRevision());
                }),
        failure ->
            ifCurrent(
                current,
                () -> {
                  puttingFor = -1;
                  putFailed(failure);
                }));
  }

  private boolean isPutting() {
    return puttingFor == attempt;
  }

  private void putFailed(Status failure) {
    boolean leaseGone = failure.getCode() == Code.NOT_FOUND || renewalIsOverdue();
    retry(leaseGone ? this::acquire : this::put);
  }

  private void stored(Map<String, String> values, long revision) {
    for (String key : values.keySet()) {
      if (claims.containsKey(key)) {
        revisions.put(key, revision);
      } else {
        deleteReleased(key, revision);
      }
    }
    boolean complete =
        claims.values().stream()
            .allMatch(
                claim ->
                    contested.contains(claim.key())
                        || claim.value().equals(values.get(claim.key())));
    if (!complete) {
      put();
      return;
    }
    if (claims.isEmpty()) {
      return;
    }
    acquisitions++;
    keyWatches.watch(values.keySet(), leaseId, revision + 1);
    if (state != LeaseState.HELD) {
      enter(LeaseState.HELD);
    } else {
      publish();
    }
    log.info("Registered {}, lease {}", values.keySet(), Long.toHexString(leaseId));
    renewLater();
  }

  /** A key that was released while its put was under way. */
  private void deleteReleased(String key, long revision) {
    connection.then(
        connection.kv().txn(OwnedKeys.delete(key, revision)),
        answer -> {},
        failure -> log.debug("{} is left to its lease: {}", key, failure));
  }

  private void renewLater() {
    later(this::renew, ttl.toMillis() / 3);
  }

  private void renew() {
    int current = attempt;
    long sentAt = connection.nanoTime();
    LeaseKeepAliveOnce.send(
        connection,
        leaseId,
        ttlLeft ->
            ifCurrent(
                current,
                () -> {
                  if (ttlLeft <= 0) {
                    lost("etcd no longer knows the lease");
                  } else {
                    renewedAt = sentAt;
                    backoff.reset();
                    verify();
                    renewLater();
                  }
                }),
        failure ->
            ifCurrent(
                current,
                () -> {
                  if (renewalIsOverdue()) {
                    lost("no answer from etcd within the lease's %s".formatted(seconds(ttl)));
                  } else {
                    retry(this::renew);
                  }
                }));
  }

  /** Looks whether all keys still stand under the lease. */
  private void verify() {
    if (state != LeaseState.HELD || isPutting()) {
      return;
    }
    int current = attempt;
    Map<String, Long> expected = new LinkedHashMap<>();
    claims.keySet().forEach(key -> expected.put(key, revisions.getOrDefault(key, -1L)));
    List<String> keys = List.copyOf(expected.keySet());
    connection.then(
        connection.kv().txn(OwnedKeys.check(expected)),
        answer ->
            ifCurrent(
                current,
                () -> {
                  if (answer.getSucceeded()) {
                    keyWatches.watch(keys, leaseId, answer.getHeader().getRevision() + 1);
                  } else if (state == LeaseState.HELD && !isPutting()) {
                    recover(KeyReview.of(keys, answer, claims, leaseId));
                  }
                }),
        failure -> {
          // The next renewal looks again.
        });
  }

  private void recover(KeyReview review) {
    revisions.putAll(review.own());
    contested.removeAll(review.missing());
    review.foreign().forEach(this::giveUp);
    if (!review.missing().isEmpty()) {
      log.warn("Deleted by somebody else, putting it again: {}", review.missing());
      putAgain(this::put);
    } else if (!review.retaken().isEmpty()) {
      review.retaken().forEach(this::warnOfOther);
      putAgain(() -> retry(this::put));
    }
  }

  private void giveUp(String key, String value) {
    if (contested.add(key)) {
      warnOfOther(key, value);
      publish();
    }
  }

  /** Once for each other process, however often the two take the key from each other. */
  private void warnOfOther(String key, String value) {
    if (!value.equals(others.put(key, value))) {
      log.warn(
          "{} was put by another process, which {}: {}. Each process needs an address of its own:"
              + " platform.registry.advertise-host, .advertise-port",
          key,
          contested.contains(key) ? "keeps it until it goes" : "has not this address",
          value);
    }
  }

  private void putAgain(Runnable put) {
    enter(LeaseState.LOST);
    put.run();
  }

  private void lost(String reason) {
    log.warn("Registration lost: {}; registering again", reason);
    enter(LeaseState.LOST);
    acquire();
  }

  private void leave(List<Claim> leaving, CompletableFuture<Void> done) {
    Departure departure = new Departure(connection, leaseId, revisions);
    departure.mark(
        leaving,
        () -> {
          if (claims.isEmpty()) {
            rest(done);
          } else {
            departure.delete(leaving, () -> done.complete(null));
            publish();
          }
        });
  }

  /** With nothing left to keep, the lease is given back, and with it all keys that it still has. */
  private void rest(CompletableFuture<Void> done) {
    if (!claims.isEmpty() || state == LeaseState.IDLE || state == LeaseState.CLOSED) {
      done.complete(null);
      return;
    }
    attempt++;
    revisions.clear();
    long old = leaseId;
    leaseId = 0;
    if (timer != null) {
      timer.cancel(false);
    }
    keyWatches.cancelAll();
    enter(LeaseState.IDLE);
    if (old == 0) {
      // A lease that is being granted comes too late, and is given back as soon as it comes.
      granting.thenRun(() -> done.complete(null));
    } else {
      revoke(old, () -> done.complete(null));
    }
  }

  private void revoke(long id, Runnable next) {
    connection.then(
        connection.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build()),
        answer -> next.run(),
        failure -> next.run());
  }

  private boolean renewalIsOverdue() {
    return connection.nanoTime() - renewedAt >= ttl.toNanos();
  }

  private void ifCurrent(int then, Runnable action) {
    if (then == attempt) {
      action.run();
    }
  }

  private void retry(Runnable action) {
    later(
        () -> {
          connection.reconnect();
          action.run();
        },
        backoff.nextMillis());
  }

  private void later(Runnable action, long millis) {
    if (timer != null) {
      timer.cancel(false);
    }
    int current = attempt;
    timer = connection.schedule(() -> ifCurrent(current, action), millis);
  }

  private void enter(LeaseState next) {
    state = state.to(next);
    since = clock.instant();
    publish();
  }

  private void publish() {
    snapshot =
        new LeaseSnapshot(
            state,
            leaseId == 0 ? null : Long.toHexString(leaseId),
            since,
            List.copyOf(claims.keySet()),
            List.copyOf(contested),
            acquisitions);
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }
}
