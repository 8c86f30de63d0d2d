package dev.platform.core.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a process's lease at a moment.
 *
 * @param state the state
 * @param leaseId etcd's id of the lease, in hexadecimal as etcdctl shows it; null without one
 * @param since when the state was entered
 * @param keys the claimed keys
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

  /** Whether all keys are in etcd. */
  public boolean isHeld() {
    return state == LeaseState.HELD && contestedKeys.isEmpty();
  }
}
