package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a set of keys in etcd under one lease, for as long as the process lives. When keys are lost
 * for any reason (a lease that expired or was revoked, a key that was deleted or overwritten, an
 * etcd that was restarted or emptied) it puts them again, with jittered back-off and no limit of
 * attempts. All state is kept on the connection's thread; public methods may be called from any
 * thread and never block.
 *
 * <p>Start reading here: {@link LeaseKeeper} keeps the lease, {@link KeyRegistrar} puts and repairs
 * the keys. Only this class knows whether the process is registered.
 */
public final class EtcdRegistrar {

  private static final Logger log = LoggerFactory.getLogger(EtcdRegistrar.class);

  /** etcd's limit for one transaction, {@code --max-txn-ops}: keys are put all at once. */
  public static final int MAX_KEYS = 128;

  private final EtcdConnection connection;
  private final Clock clock;
  private final LeaseKeeper lease;
  private final KeyRegistrar keys;

  // on the connection's thread
  private LeaseState state = LeaseState.IDLE;
  private Instant since;
  private long enteredAt;
  private long acquisitions;

  private volatile long timesRoutable;
  private volatile long nanosToRoutable;
  private volatile LeaseSnapshot snapshot;

  /**
   * @param ttl how long a crashed process stays registered; whole seconds
   * @param clock dates states
   * @param random random numbers for back-offs
   */
  public EtcdRegistrar(
      EtcdConnection connection, Duration ttl, Clock clock, RandomGenerator random) {
    this.connection = connection;
    this.clock = clock;
    this.lease = new LeaseKeeper(connection, ttl, random, new LeaseChanges());
    this.keys = new KeyRegistrar(connection, lease, random, new KeyChanges());
    this.since = clock.instant();
    this.enteredAt = connection.nanoTime();
    this.snapshot = new LeaseSnapshot(state, null, since, List.of(), List.of(), 0);
  }

  /** The last known state. */
  public LeaseSnapshot snapshot() {
    return snapshot;
  }

  /** How often the lease was renewed. */
  public long renewals() {
    return lease.renewals();
  }

  /** How often etcd did not renew the lease, or did not answer. */
  public long failedRenewals() {
    return lease.failedRenewals();
  }

  /** How often all keys got into etcd, for the first time or after a loss. */
  public long timesRoutable() {
    return timesRoutable;
  }

  /** How long that took in total, in nanoseconds: each time from the claim, or the loss. */
  public long nanosToRoutable() {
    return nanosToRoutable;
  }

  /**
   * Puts the keys, and keeps them in etcd; {@link #MAX_KEYS} in all.
   *
   * @throws IllegalArgumentException for more
   */
  public void claim(Collection<Claim> more) {
    if (more.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "%d keys (expected: at most %d)".formatted(more.size(), MAX_KEYS));
    }
    connection.execute(
        () -> {
          if (state == LeaseState.CLOSED) {
            return;
          }
          keys.claim(more);
          if (state == LeaseState.IDLE) {
            enter(LeaseState.ACQUIRING);
            lease.grant();
          } else {
            keys.put();
          }
        });
  }

  /**
   * Deletes the keys from etcd: first marks them as out of service, then deletes what is still its
   * own. Completes when that is done or etcd did not answer in time; never exceptionally.
   */
  public CompletableFuture<Void> release(Collection<String> released) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.execute(
        () -> {
          List<Claim> leaving = keys.release(released);
          if (leaving.isEmpty() || lease.lastId() == 0) {
            revokeIfIdle(done);
          } else {
            keys.mark(leaving, () -> marked(leaving, done));
          }
        });
    return done;
  }

  /** Releases everything; the registrar can't be used again. */
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection.execute(
        () ->
            release(keys.claimedKeys())
                .thenRun(
                    () -> {
                      if (state != LeaseState.CLOSED) {
                        enter(LeaseState.CLOSED);
                      }
                      done.complete(null);
                    }));
    return done;
  }

  private void marked(List<Claim> leaving, CompletableFuture<Void> done) {
    if (keys.isEmpty()) {
      revokeIfIdle(done);
    } else {
      keys.delete(leaving, () -> done.complete(null));
      publish();
    }
  }

  /** When no claim is left, the lease is revoked, and all keys with it. */
  private void revokeIfIdle(CompletableFuture<Void> done) {
    if (!keys.isEmpty() || state == LeaseState.IDLE || state == LeaseState.CLOSED) {
      done.complete(null);
      return;
    }
    keys.clear();
    CompletableFuture<Void> revoked = lease.revoke();
    // Before it completes, which may be at once, without a lease: close() enters another state
    // then.
    enter(LeaseState.IDLE);
    revoked.thenRun(() -> done.complete(null));
  }

  private void enter(LeaseState next) {
    long now = connection.nanoTime();
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
            keys.claimedKeys(),
            keys.conflictingKeys(),
            acquisitions);
  }

  private final class LeaseChanges implements LeaseKeeper.Listener {

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
  }

  private final class KeyChanges implements KeyRegistrar.Owner {

    @Override
    public boolean isRegistered() {
      return state == LeaseState.HELD;
    }

    @Override
    public void registered() {
      acquisitions++;
      if (state == LeaseState.HELD) {
        publish();
      } else {
        enter(LeaseState.HELD);
      }
    }

    @Override
    public void keysLost() {
      enter(LeaseState.LOST);
    }

    @Override
    public void conflictsChanged() {
      publish();
    }
  }
}
