package dev.platform.core.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process knows of its lease at a moment.
 *
 * @param state where it stands
 * @param leaseId etcd's id of the lease, in hexadecimal as etcdctl shows it; null without one
 * @param since when the state was entered
 * @param keys the keys that are to be in etcd
 * @param contestedKeys those of them that another process has put
 * @param acquisitions how often keys were put under a new lease, or put again
 */
public record LeaseSnapshot(
    LeaseState state,
    @Nullable String leaseId,
    Instant since,
    List<String> keys,
    List<String> contestedKeys,
    long acquisitions) {

  /** Whether all keys stand in etcd. */
  public boolean isHeld() {
    return state == LeaseState.HELD && contestedKeys.isEmpty();
  }
}
