package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a set of keys in etcd under one lease, for as long as the process lives. Whatever takes
 * them away (a lease that expired or was revoked, a key that was deleted or overwritten, an etcd
 * that was restarted or emptied) leads back to putting them, for ever, with jittered back-off. All
 * state is kept on the connection's thread; public methods may be called from any thread and never
 * block.
 */
public final class EtcdRegistrar implements LeaseKeeper.Listener, KeyRegistrar.Listener {

  private static final Logger log = LoggerFactory.getLogger(EtcdRegistrar.class);

  private final EtcdConnection connection;
  private final Clock clock;
  private final LeaseKeeper lease;
  private final KeyRegistrar keys;

  // on the connection's thread
  private final Map<String, Claim> claims = new LinkedHashMap<>();
  private LeaseState state = LeaseState.IDLE;
  private Instant since;
  private long enteredAt = System.nanoTime();
  private long acquisitions;

  private volatile long timesRoutable;
  private volatile long nanosToRoutable;
  private volatile LeaseSnapshot snapshot;

  public EtcdRegistrar(
      EtcdConnection connection, Duration ttl, Clock clock, RandomGenerator random) {
    this.connection = connection;
    this.clock = clock;
    this.lease = new LeaseKeeper(connection, ttl, random, this);
    this.keys = new KeyRegistrar(connection, lease, claims, random, this);
    this.since = clock.instant();
    this.snapshot = new LeaseSnapshot(state, null, since, List.of(), List.of(), 0);
  }

  /** What was known last. */
  public LeaseSnapshot snapshot() {
    return snapshot;
  }

  public long renewals() {
    return lease.renewals();
  }

  public long failedRenewals() {
    return lease.failedRenewals();
  }

  /** How often all keys have come to stand where they had not been, or no longer. */
  public long timesRoutable() {
    return timesRoutable;
  }

  /** How long that took, all times together: from being asked for, or lost, on. */
  public long nanosToRoutable() {
    return nanosToRoutable;
  }

  /** Puts the keys, and keeps them there. */
  public void claim(Collection<Claim> more) {
    connection.execute(
        () -> {
          if (state == LeaseState.CLOSED) {
            return;
          }
          more.forEach(claim -> claims.put(claim.key(), claim));
          if (state == LeaseState.IDLE) {
            enter(LeaseState.ACQUIRING);
            lease.take();
          } else {
            keys.put();
          }
        });
  }

  /**
   * Takes the keys out of etcd: first marks them as leaving, then deletes what is still its own.
   * Completes when that is done or etcd did not answer in time; never exceptionally.
   */
  public CompletableFuture<Void> release(Collection<String> released) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.execute(
        () -> {
          List<Claim> leaving =
              released.stream().map(claims::remove).filter(claim -> claim != null).toList();
          keys.forget(released);
          if (leaving.isEmpty() || lease.lastId() == 0) {
            rest(done);
          } else {
            leave(leaving, done);
          }
        });
    return done;
  }

  /** Releases everything; the lease can't be used again. */
  public CompletableFuture<Void> close() {
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

  @Override
  public void granted() {
    keys.put();
  }

  @Override
  public void renewed() {
    keys.renewed();
  }

  @Override
  public void lost(String reason) {
    keys.leaseLost();
    if (state == LeaseState.HELD) {
      log.warn("Registration lost: {}; registering again", reason);
      enter(LeaseState.LOST);
    }
  }

  @Override
  public void standing() {
    acquisitions++;
    if (state == LeaseState.HELD) {
      publish();
    } else {
      enter(LeaseState.HELD);
    }
  }

  @Override
  public void disturbed() {
    enter(LeaseState.LOST);
  }

  @Override
  public void contested() {
    publish();
  }

  private void leave(List<Claim> leaving, CompletableFuture<Void> done) {
    Deregistration departure = keys.departure();
    departure.mark(
        leaving,
        () -> {
          if (claims.isEmpty()) {
            rest(done);
          } else {
            departure.delete(
                leaving.stream().filter(claim -> !claims.containsKey(claim.key())).toList(),
                () -> done.complete(null));
            publish();
          }
        });
  }

  /** With nothing left to keep, the lease is given back. */
  private void rest(CompletableFuture<Void> done) {
    if (!claims.isEmpty() || state == LeaseState.IDLE || state == LeaseState.CLOSED) {
      done.complete(null);
      return;
    }
    keys.clear();
    lease.giveBack().thenRun(() -> done.complete(null));
    enter(LeaseState.IDLE);
  }

  private void enter(LeaseState next) {
    long now = System.nanoTime();
    if (next == LeaseState.HELD) {
      nanosToRoutable += now - enteredAt;
      timesRoutable++;
    }
    state = state.to(next);
    since = clock.instant();
    enteredAt = now;
    publish();
  }

  private void publish() {
    snapshot =
        new LeaseSnapshot(
            state,
            lease.id() == 0 ? null : Long.toHexString(lease.id()),
            since,
            List.copyOf(claims.keySet()),
            keys.contestedKeys(),
            acquisitions);
  }
}
