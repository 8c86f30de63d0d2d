package dev.platform.core.registry;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * One lease: granted, kept alive, and granted anew whenever it is lost, until it is revoked, with
 * jittered back-off. It counts as lost when etcd reports it as unknown, or when etcd has not
 * answered within its time to live, by the monotonic clock. On the connection's thread.
 */
final class LeaseKeeper {

  private final EtcdConnection connection;
  private final Duration ttl;
  private final Listener listener;
  private final RetryTimer timer;
  private final LeaseRenewals keepAlive;

  private long id;
  private long lostId;
  private long renewedAt;
  private final AtomicLong renewals = new AtomicLong();
  private final AtomicLong failedRenewals = new AtomicLong();
  private int attempt;
  private CompletableFuture<Void> granting = CompletableFuture.completedFuture(null);

  /** Notified of changes. */
  interface Listener {

    /** A lease was granted. */
    void granted();

    void renewed();

    /** There is no lease any more; a new one is being granted. */
    void lost(String reason);
  }

  LeaseKeeper(EtcdConnection connection, Duration ttl, RandomGenerator random, Listener listener) {
    this.connection = connection;
    this.ttl = ttl;
    this.listener = listener;
    this.timer = new RetryTimer(connection, random);
    this.keepAlive = new LeaseRenewals(connection, ttl);
  }

  /** How often a lease was renewed; from any thread. */
  long renewals() {
    return renewals.get();
  }

  /** How often etcd did not renew one, or did not answer; from any thread. */
  long failedRenewals() {
    return failedRenewals.get();
  }

  /** etcd's id of the lease; 0 while there is none. */
  long id() {
    return id;
  }

  /** The current lease, or the lost one, which etcd may still know; 0 without any. */
  long lastId() {
    return id == 0 ? lostId : id;
  }

  void grant() {
    Grant grant = new Grant(++attempt);
    granting = grant.settled;
    connection.hedge(grant::send, granted -> grant.ended(), grant::failed);
  }

  /** etcd does not know the lease any more. */
  void lost(String reason) {
    lostId = id;
    id = 0;
    grant();
    listener.lost(reason);
  }

  /**
   * Revokes the lease, and with it all its keys; also a lost lease, since an etcd that was
   * unavailable may still know it, and one that is being granted, once it is.
   *
   * @return completes when etcd has answered, or not in time; never exceptionally
   */
  CompletableFuture<Void> revoke() {
    attempt++;
    timer.cancel();
    keepAlive.stop();
    CompletableFuture<Void> all = CompletableFuture.allOf(granting, revoke(id), revoke(lostId));
    id = 0;
    lostId = 0;
    return all;
  }

  private void granted(long granted, long sentAt) {
    id = granted;
    renewedAt = sentAt;
    timer.succeeded();
    renewLater();
    listener.granted();
  }

  private void renewLater() {
    int current = attempt;
    timer.schedule(() -> ifCurrent(current, this::renew), ttl.toMillis() / 3);
  }

  private void renew() {
    int current = attempt;
    long sentAt = connection.nanoTime();
    keepAlive.renew(
        id,
        ttlLeft -> ifCurrent(current, () -> renewed(ttlLeft, sentAt)),
        failure -> ifCurrent(current, () -> notRenewed(failure)));
  }

  private void renewed(long ttlLeft, long sentAt) {
    if (ttlLeft <= 0) {
      failedRenewals.incrementAndGet();
      lost("etcd no longer knows the lease");
      return;
    }
    renewals.incrementAndGet();
    renewedAt = sentAt;
    timer.succeeded();
    renewLater();
    listener.renewed();
  }

  private void notRenewed(Status failure) {
    failedRenewals.incrementAndGet();
    if (connection.nanoTime() - renewedAt >= ttl.toNanos()) {
      lost(
          "no answer from etcd within the lease's %d s (%s)"
              .formatted(ttl.toSeconds(), failure.getCode()));
    } else {
      retry(this::renew);
    }
  }

  private CompletableFuture<Void> revoke(long lease) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (lease == 0) {
      done.complete(null);
      return done;
    }
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(lease).build();
    connection.hedge(
        () -> connection.lease().leaseRevoke(request),
        answer -> done.complete(null),
        failure -> done.complete(null));
    return done;
  }

  /**
   * One lease of several requests: etcd may answer more than one. The first lease is kept, each
   * other one is revoked.
   */
  private final class Grant {

    private final int number;
    private final long sentAt = connection.nanoTime();

    /** Completes when etcd has answered all requests, or not in time; never exceptionally. */
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    private boolean isKept;
    private boolean hasEnded;
    private int unanswered;

    Grant(int number) {
      this.number = number;
    }

    /** An answer is waited for even if another one has come before. */
    ListenableFuture<LeaseGrantResponse> send() {
      ListenableFuture<LeaseGrantResponse> sent =
          connection
              .lease()
              .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build());
      unanswered++;
      connection.then(sent, answer -> answered(answer.getID()), failure -> settle());
      return Futures.nonCancellationPropagating(sent);
    }

    private void answered(long lease) {
      if (number == attempt && !isKept) {
        isKept = true;
        granted(lease, sentAt);
        settle();
      } else {
        revoke(lease).thenRun(this::settle);
      }
    }

    private void settle() {
      unanswered--;
      completeIfSettled();
    }

    /** No more requests are sent. */
    void ended() {
      hasEnded = true;
      completeIfSettled();
    }

    void failed(Status failure) {
      ended();
      ifCurrent(number, () -> retry(LeaseKeeper.this::grant));
    }

    private void completeIfSettled() {
      if (hasEnded && unanswered == 0) {
        settled.complete(null);
      }
    }
  }

  private void retry(Runnable action) {
    int current = attempt;
    timer.retry(() -> ifCurrent(current, action));
  }

  private void ifCurrent(int then, Runnable action) {
    if (then == attempt) {
      action.run();
    }
  }
}
