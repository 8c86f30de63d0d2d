package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import java.util.List;
import java.util.Map;

/**
 * Takes keys out so that watchers can tell a departure from an expiry: each is first marked as
 * leaving, then deleted, and only if nobody else has touched it. On the connection's thread.
 */
final class Deregistration {

  private final EtcdConnection connection;
  private final long leaseId;
  private final Map<String, Long> revisions;

  /**
   * @param revisions of one's own puts; kept up to date
   */
  Deregistration(EtcdConnection connection, long leaseId, Map<String, Long> revisions) {
    this.connection = connection;
    this.leaseId = leaseId;
    this.revisions = revisions;
  }

  /** Marks all, then goes on, whether etcd has answered or not. */
  void mark(List<Claim> leaving, Runnable next) {
    Countdown countdown = new Countdown(leaving.size(), next);
    for (Claim claim : leaving) {
      String mark = claim.leavingValue();
      if (mark == null) {
        countdown.run();
      } else {
        connection.then(
            connection
                .kv()
                .txn(OwnedKeys.replace(claim.key(), mark, leaseId, revisionOf(claim.key()))),
            answer -> {
              if (answer.getSucceeded()) {
                // A later put's answer may have come first.
                revisions.merge(claim.key(), answer.getHeader().getRevision(), Math::max);
              }
              countdown.run();
            },
            failure -> countdown.run());
      }
    }
  }

  /** Deletes all, then goes on, whether etcd has answered or not: the lease's end does the rest. */
  void delete(List<Claim> leaving, Runnable next) {
    if (leaving.isEmpty()) {
      next.run();
    }
    Countdown countdown = new Countdown(leaving.size(), next);
    for (Claim claim : leaving) {
      connection.then(
          connection.kv().txn(OwnedKeys.delete(claim.key(), revisionOf(claim.key()))),
          answer -> countdown.run(),
          failure -> countdown.run());
    }
  }

  /** The revision of one's own put; one that no key has where there was none. */
  private long revisionOf(String key) {
    return revisions.getOrDefault(key, -1L);
  }

  /** Runs its action with the last of several calls. */
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
